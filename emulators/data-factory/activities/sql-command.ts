import type { Dataset, SqlCommand, SqlParameter } from '../connectors/connectors.ts';
import type { ActivityContext } from '../runtime/activity-context.ts';
import { badDefinition, notImplemented } from '../runtime/activity-error.ts';
import { asText } from '../runtime/parameters.ts';
import { readTimespan } from '../runtime/timespan.ts';

export const sqlSourceTypes = new Set(['AzureSqlSource', 'SqlSource', 'SqlServerSource', 'SqlMISource']);
export const sqlDatasetTypes = new Set(['AzureSqlTable', 'SqlServerTable', 'AzureSqlMITable']);

/** "02:00:00", what a source without a queryTimeout gets. */
const defaultQueryTimeout = 2 * 60 * 60 * 1000;

/** What a SQL source reads: its query, its procedure, or else the dataset's table. */
export function commandOf(
  context: ActivityContext,
  source: Readonly<Record<string, unknown>>,
  dataset: Dataset,
): SqlCommand {
  const evaluated = (property: string) => context.evaluate(source[property]);
  const { partitionOption } = source;
  if (partitionOption !== undefined && partitionOption !== 'None')
    throw notImplemented(`partitionOption '${String(partitionOption)}' (activity '${context.activity.name}')`);
  const timeout =
    source['queryTimeout'] === undefined
      ? defaultQueryTimeout
      : readTimespan(evaluated('queryTimeout'), 'queryTimeout');
  const query = evaluated('sqlReaderQuery');
  const procedure = evaluated('sqlReaderStoredProcedureName');
  if (query !== undefined && procedure !== undefined)
    throw badDefinition(
      `The source of activity '${context.activity.name}' has both sqlReaderQuery and sqlReaderStoredProcedureName.`,
    );
  if (typeof procedure === 'string' && procedure !== '')
    return {
      kind: 'procedure',
      text: procedure,
      parameters: procedureParameters(context, source['storedProcedureParameters']),
      timeout,
    };
  if (typeof query === 'string' && query !== '') return { kind: 'text', text: query, parameters: [], timeout };
  return { kind: 'text', text: `SELECT * FROM ${tableOf(context, dataset)}`, parameters: [], timeout };
}

function tableOf(context: ActivityContext, { name, properties }: Dataset): string {
  const { schema, table, tableName } = properties;
  const parts =
    typeof table === 'string' && table !== ''
      ? [...(typeof schema === 'string' && schema !== '' ? [schema] : []), table]
      : [];
  if (parts.length > 0) return parts.map(quoted).join('.');
  // The older `tableName` holds schema and table in one.
  if (typeof tableName === 'string' && tableName !== '')
    return tableName
      .split('.')
      .map((part) => quoted(part.replace(/^\[(.*)\]$/, '$1')))
      .join('.');
  throw badDefinition(
    `The source of activity '${context.activity.name}' has no query and no procedure, and dataset '${name}' names no table.`,
  );
}

function quoted(identifier: string): string {
  return `[${identifier.replaceAll(']', ']]')}]`;
}

/** `{ "name": { "value": ..., "type": "String" } }`. A name may come with its `@`. */
export function procedureParameters(context: ActivityContext, given: unknown): SqlParameter[] {
  return Object.entries((given ?? {}) as Record<string, { value?: unknown; type?: unknown } | null>).map(
    ([name, specification]) => ({
      name: name.replace(/^@/, ''),
      type: asText(context.evaluate(specification?.type) ?? 'String'),
      value: context.evaluate(specification?.value) ?? null,
    }),
  );
}
