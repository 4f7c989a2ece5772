import { type DataFile, duckDbType, type Field, quoteName, quoteString, type Snapshot } from '../../delta/index.ts';

export interface ScanOptions {
  /** Adds the file's path as `__file_path`, made from the local path by this SQL. */
  readonly filePath?: (localPathSql: string) => string;
  /**
   * Adds where each row lies, in few bytes: `__file`, the number from 1 of its file among these, and `__row`, its own number within the file. A path
   * instead of the number would be most of what a MERGE of millions of rows has to hold.
   */
  readonly placeAmong?: readonly DataFile[];
}

/**
 * A relation over a snapshot's files that yields the table's columns with its types. Files of another shape (a column added later, partition values
 * kept in the log) are brought into it.
 */
export function scanSql(
  snapshot: Pick<Snapshot, 'schema' | 'partitionColumns'>,
  files: readonly DataFile[],
  options: ScanOptions = {},
): string {
  const { schema, partitionColumns } = snapshot;
  const partitioned = new Set(partitionColumns);
  const groups = new Map<string, DataFile[]>();
  for (const file of files) {
    const key = partitionColumns.map((column) => JSON.stringify(file.partitionValues[column] ?? null)).join();
    groups.set(key, [...(groups.get(key) ?? []), file]);
  }
  const scans = [...groups.values()].map((group) => groupSql(schema, partitioned, group, options));
  if (scans.length === 0) scans.push(emptySql(schema, options));
  return `(${scans.join(' UNION ALL ')})`;
}

function extras(options: ScanOptions): string[] {
  return [
    ...(options.filePath === undefined ? [] : [`${options.filePath('filename')} AS "__file_path"`]),
    ...(options.placeAmong === undefined
      ? []
      : [`list_position(${pathList(options.placeAmong)}, filename) AS "__file"`, 'file_row_number AS "__row"']),
  ];
}

function groupSql(
  schema: readonly Field[],
  partitioned: ReadonlySet<string>,
  files: readonly DataFile[],
  options: ScanOptions,
): string {
  const stored = schema.filter((field) => !partitioned.has(field.name));
  const complete = files.every((file) => stored.every((field) => field.name in (file.stats?.nullCount ?? {})));
  const named = options.filePath !== undefined || options.placeAmong !== undefined;
  const flags = `${named ? ', filename=true' : ''}${options.placeAmong ? ', file_row_number=true' : ''}`;
  const parquet = `read_parquet(${pathList(files)}, hive_partitioning=false${complete ? '' : ', union_by_name=true'}${flags})`;
  // Without statistics for every column a file may lack one: an empty relation of the full shape fills it with NULL.
  const template = stored
    .map((field) => `CAST(NULL AS ${duckDbType(field.type)}) AS ${quoteName(field.name)}`)
    .join(', ');
  const source = complete ? parquet : `(SELECT * FROM ${parquet} UNION ALL BY NAME SELECT ${template} WHERE FALSE)`;
  const columns = schema.map((field) => {
    const type = duckDbType(field.type);
    if (!partitioned.has(field.name)) return `CAST(${quoteName(field.name)} AS ${type}) AS ${quoteName(field.name)}`;
    const value = files[0]!.partitionValues[field.name];
    return `CAST(${value === null || value === undefined || value === '' ? 'NULL' : quoteString(value)} AS ${type}) AS ${quoteName(field.name)}`;
  });
  return `SELECT ${[...columns, ...extras(options)].join(', ')} FROM ${source}`;
}

function emptySql(schema: readonly Field[], options: ScanOptions): string {
  const columns = [
    ...schema.map((field) => `CAST(NULL AS ${duckDbType(field.type)}) AS ${quoteName(field.name)}`),
    ...(options.filePath === undefined ? [] : ['CAST(NULL AS VARCHAR) AS "__file_path"']),
    ...(options.placeAmong === undefined
      ? []
      : ['CAST(NULL AS INTEGER) AS "__file"', 'CAST(NULL AS BIGINT) AS "__row"']),
  ];
  return `SELECT ${columns.join(', ')} WHERE FALSE`;
}

function pathList(files: readonly DataFile[]): string {
  return `[${files.map((file) => quoteString(file.path)).join(', ')}]`;
}
