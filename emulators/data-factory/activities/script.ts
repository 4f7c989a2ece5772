import type { SqlParameter } from '../connectors/connectors.ts';
import { resolveLinkedService } from '../connectors/resolve.ts';
import type { ActivityContext, ActivityType } from '../runtime/activity-context.ts';
import { badDefinition } from '../runtime/activity-error.ts';
import { asText } from '../runtime/parameters.ts';
import { readTimespan } from '../runtime/timespan.ts';
import { integrationRuntime } from './lookup.ts';
import { requireReference } from './properties.ts';
import { executionFailure } from './sql-errors.ts';

const defaultBlockTimeout = 2 * 60 * 60 * 1000;
const maximumRows = 5000;

interface ScriptBlock {
  readonly type?: unknown;
  readonly text?: unknown;
  readonly parameters?: readonly Readonly<Record<string, unknown>>[];
}

/** Runs its scripts one after another on one connection. */
export const script: ActivityType = {
  control: false,
  async execute(context) {
    const linkedService = resolveLinkedService(
      context.host,
      requireReference(context, context.activity.linkedServiceName, 'linkedServiceName'),
      context.scope,
    );
    const { scripts, scriptBlockExecutionTimeout } = context.properties;
    if (!Array.isArray(scripts)) throw badDefinition(`Script activity '${context.activity.name}' has no scripts.`);
    const timeout =
      scriptBlockExecutionTimeout === undefined
        ? defaultBlockTimeout
        : readTimespan(context.evaluate(scriptBlockExecutionTimeout), 'scriptBlockExecutionTimeout');
    const blocks = (scripts as ScriptBlock[]).map((block) => ({
      type: asText(context.evaluate(block.type)),
      text: asText(context.evaluate(block.text)),
      parameters: (block.parameters ?? []).map((parameter) => parameterOf(context, parameter)),
    }));
    context.input({ scripts: blocks });

    const connection = await context.host.connectors.openSql(linkedService, context.signal);
    const resultSets: { rowCount: number; rows: readonly unknown[] }[] = [];
    const messages: string[] = [];
    let outputParameters: Readonly<Record<string, unknown>> = {};
    let recordsAffected = 0;
    try {
      for (const { type, text, parameters } of blocks) {
        const result = await connection.run({ kind: 'text', text, parameters, timeout }, context.signal);
        recordsAffected += result.resultSets.length > 0 ? 0 : result.rowsAffected;
        messages.push(...result.messages);
        outputParameters = { ...outputParameters, ...result.outputParameters };
        // A NonQuery's rows are not kept: that is what sets it apart.
        if (type !== 'NonQuery')
          for (const rows of result.resultSets)
            resultSets.push({ rowCount: rows.length, rows: rows.slice(0, maximumRows) });
      }
    } catch (error) {
      throw executionFailure('2011', error);
    } finally {
      await connection.close();
    }
    return {
      resultSetCount: resultSets.length,
      recordsAffected,
      resultSets,
      outputParameters,
      outputLogs: messages.join('\n'),
      outputLogsLocation: '',
      outputTruncated: resultSets.some(({ rowCount }) => rowCount > maximumRows),
      effectiveIntegrationRuntime: integrationRuntime,
      durationInQueue: { integrationRuntimeQueue: 0 },
    };
  },
};

function parameterOf(context: ActivityContext, parameter: Readonly<Record<string, unknown>>): SqlParameter {
  const direction = asText(parameter['direction'] ?? 'Input');
  const size = parameter['size'];
  return {
    name: asText(context.evaluate(parameter['name'])).replace(/^@/, ''),
    type: asText(parameter['type'] ?? 'String'),
    value: context.evaluate(parameter['value']) ?? null,
    output: direction !== 'Input',
    ...(typeof size === 'number' && size > 0 ? { size } : {}),
  };
}
