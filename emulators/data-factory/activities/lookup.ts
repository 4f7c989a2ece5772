import { resolveDataset } from '../connectors/resolve.ts';
import type { ActivityContext, ActivityType } from '../runtime/activity-context.ts';
import { ActivityError, notImplemented } from '../runtime/activity-error.ts';
import { bigintAsNumber } from '../runtime/parameters.ts';
import { readBoolean, readObject, requireReference } from './properties.ts';
import { commandOf, sqlDatasetTypes, sqlSourceTypes } from './sql-command.ts';
import { sqlFailure } from './sql-errors.ts';

const maximumRows = 5000;
const maximumBytes = 4 * 1024 * 1024;

export const integrationRuntime = 'AutoResolveIntegrationRuntime (Local)';

/** Reads a first row, or up to 5,000 rows: the rest is cut off. More than 4 MB fails. */
export const lookup: ActivityType = {
  control: false,
  async execute(context) {
    const source = readObject(context, 'source');
    const dataset = resolveDataset(
      context.host,
      requireReference(context, context.properties['dataset'], 'dataset'),
      context.scope,
    );
    if (!sqlSourceTypes.has(String(source['type'])) || !sqlDatasetTypes.has(dataset.type))
      throw notImplemented(`A Lookup with source '${String(source['type'])}' on a dataset of type '${dataset.type}'`);
    const firstRowOnly = readBoolean(context, 'firstRowOnly', true);
    const command = commandOf(context, source, dataset);
    context.input({
      source: { ...source, ...described(command) },
      dataset: { referenceName: dataset.name, type: 'DatasetReference' },
      firstRowOnly,
    });

    const rows = await rowsOf(context, dataset, command);
    const output = firstRowOnly
      ? { ...(rows[0] === undefined ? {} : { firstRow: rows[0] }) }
      : { count: Math.min(rows.length, maximumRows), value: rows.slice(0, maximumRows) };
    const size = Buffer.byteLength(JSON.stringify(output, bigintAsNumber));
    if (size > maximumBytes)
      throw new ActivityError(
        '2001',
        `The length of the output of Lookup '${context.activity.name}' is ${size} bytes; the limit is ${maximumBytes}. Read fewer rows or columns.`,
      );
    return {
      ...output,
      effectiveIntegrationRuntime: integrationRuntime,
      durationInQueue: { integrationRuntimeQueue: 0 },
    };
  },
};

async function rowsOf(
  context: ActivityContext,
  dataset: ReturnType<typeof resolveDataset>,
  command: ReturnType<typeof commandOf>,
): Promise<readonly Record<string, unknown>[]> {
  const { connectors } = context.host;
  const connection = await connectors.openSql(dataset.linkedService, context.signal);
  try {
    return (await connection.run(command, context.signal)).resultSets[0] ?? [];
  } catch (error) {
    throw sqlFailure('2100', error);
  } finally {
    await connection.close();
  }
}

/** What an activity run shows of its command. */
export function described({ kind, text, parameters }: ReturnType<typeof commandOf>): Record<string, unknown> {
  return kind === 'text'
    ? { sqlReaderQuery: text }
    : {
        sqlReaderStoredProcedureName: text,
        storedProcedureParameters: Object.fromEntries(
          parameters.map(({ name, type, value }) => [name, { type, value }]),
        ),
      };
}
