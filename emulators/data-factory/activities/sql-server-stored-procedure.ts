import { resolveLinkedService } from '../connectors/resolve.ts';
import type { ActivityType } from '../runtime/activity-context.ts';
import { integrationRuntime } from './lookup.ts';
import { readString, requireReference } from './properties.ts';
import { procedureParameters } from './sql-command.ts';
import { executionFailure } from './sql-errors.ts';

/** Calls a procedure for what it does; what it returns is not looked at. */
export const sqlServerStoredProcedure: ActivityType = {
  control: false,
  async execute(context) {
    const linkedService = resolveLinkedService(
      context.host,
      requireReference(context, context.activity.linkedServiceName, 'linkedServiceName'),
      context.scope,
    );
    const storedProcedureName = readString(context, 'storedProcedureName');
    const parameters = procedureParameters(context, context.properties['storedProcedureParameters']);
    context.input({
      storedProcedureName,
      storedProcedureParameters: Object.fromEntries(parameters.map(({ name, type, value }) => [name, { type, value }])),
    });
    const connection = await context.host.connectors.openSql(linkedService, context.signal);
    try {
      // The policy's timeout is the only one: the service gives the procedure all of it.
      await connection.run({ kind: 'procedure', text: storedProcedureName, parameters, timeout: 0 }, context.signal);
    } catch (error) {
      throw executionFailure('2402', error);
    } finally {
      await connection.close();
    }
    return { effectiveIntegrationRuntime: integrationRuntime, durationInQueue: { integrationRuntimeQueue: 0 } };
  },
};
