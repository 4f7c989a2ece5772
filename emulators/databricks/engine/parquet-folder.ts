import { readdir, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { type DuckDBConnection, type DuckDBType, DuckDBTypeId } from '@duckdb/node-api';
import {
  DATE,
  type DataType,
  DOUBLE,
  decimal,
  duckDbType,
  type Field,
  INTEGER,
  LONG,
  primitive,
  quoteName,
  quoteString,
  STRING,
} from '../../delta/index.ts';
import { notImplemented, type ResolvedRelation, SparkError } from '../../spark-sql/index.ts';

/**
 * parquet.`path`: every Parquet file below the path, columns united by name, partition columns from `name=value` folders.
 * https://spark.apache.org/docs/latest/sql-data-sources-parquet.html#partition-discovery
 */
export async function parquetRelation(
  connection: DuckDBConnection,
  path: string,
  uri: string,
  toUri: (localPathSql: string) => string,
): Promise<ResolvedRelation> {
  const files = await parquetFiles(path);
  if (files === undefined) throw new SparkError('PATH_NOT_FOUND', `Path does not exist: ${uri}.`);
  if (files.length === 0)
    throw new SparkError(
      'UNABLE_TO_INFER_SCHEMA',
      `Unable to infer schema for PARQUET at ${uri}. It must be specified manually.`,
      { sqlState: '42KD9' },
    );
  const partitions = partitionColumns(path, files);
  const list = `[${files.map(quoteString).join(', ')}]`;
  const source = (flags: string): string =>
    `read_parquet(${list}, union_by_name=true, hive_partitioning=false${flags})`;
  const described = await connection.runAndReadAll(`SELECT * FROM ${source('')} LIMIT 0`);
  const stored = described
    .columnNames()
    .map((name, index): Field => ({ name, type: fromDuckDb(described.columnType(index), name), nullable: true }))
    .filter(
      (field) => !partitions.some((partition) => partition.field.name.toLowerCase() === field.name.toLowerCase()),
    );
  const columns = [...stored, ...partitions.map(({ field }) => field)];
  return {
    kind: 'table',
    columns,
    name: [],
    sql: (withFilePath) => {
      const items = [
        ...stored.map(
          (field) => `CAST(${quoteName(field.name)} AS ${duckDbType(field.type)}) AS ${quoteName(field.name)}`,
        ),
        ...partitions.map(({ field, values }) => {
          const cases = [...values].map(
            ([value, paths]) =>
              `WHEN filename IN (${paths.map(quoteString).join(', ')}) THEN ${value === null ? 'NULL' : quoteString(value)}`,
          );
          return `CAST(CASE ${cases.join(' ')} END AS ${duckDbType(field.type)}) AS ${quoteName(field.name)}`;
        }),
        ...(withFilePath ? [`${toUri('filename')} AS "__file_path"`] : []),
      ];
      return `(SELECT ${items.join(', ')} FROM ${source(withFilePath || partitions.length > 0 ? ', filename=true' : '')})`;
    },
  };
}

/** Names that begin with _ or . are not data, unless they are partition folders. */
async function parquetFiles(path: string): Promise<string[] | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return undefined;
  if (found.isFile()) return [path];
  const files: string[] = [];
  const walk = async (folder: string): Promise<void> => {
    const entries = await readdir(folder, { withFileTypes: true });
    for (const entry of entries.sort((left, right) => (left.name < right.name ? -1 : 1))) {
      if (/^[._]/.test(entry.name) && !(entry.name.startsWith('_') && entry.name.includes('='))) continue;
      if (entry.isDirectory()) await walk(join(folder, entry.name));
      else if (entry.isFile() && (await stat(join(folder, entry.name))).size > 0) files.push(join(folder, entry.name));
    }
  };
  await walk(path);
  return files;
}

interface Partition {
  readonly field: Field;
  /** Value to the files that have it; null is Hive's default partition. */
  readonly values: ReadonlyMap<string | null, readonly string[]>;
}

function partitionColumns(root: string, files: readonly string[]): Partition[] {
  const found = new Map<string, Map<string | null, string[]>>();
  const shapes = new Set<string>();
  for (const file of files) {
    const folders = relative(root, file)
      .split(sep)
      .slice(0, -1)
      .filter((folder) => folder.includes('='));
    shapes.add(folders.map((folder) => folder.slice(0, folder.indexOf('='))).join('/'));
    for (const folder of folders) {
      const name = folder.slice(0, folder.indexOf('='));
      const text = decodeURIComponent(folder.slice(name.length + 1));
      const value = text === '__HIVE_DEFAULT_PARTITION__' ? null : text;
      const values = found.get(name) ?? new Map<string | null, string[]>();
      values.set(value, [...(values.get(value) ?? []), file]);
      found.set(name, values);
    }
  }
  if (shapes.size > 1)
    throw new SparkError(
      'CONFLICTING_PARTITION_COLUMN_NAMES',
      `Conflicting partition column names detected: ${[...shapes].join(', ')}.`,
      { sqlState: '42KD9' },
    );
  return [...found].map(([name, values]) => ({
    field: { name, type: inferType([...values.keys()]), nullable: true },
    values,
  }));
}

/** Spark's inference of partition values: INT, BIGINT, DECIMAL, DOUBLE, DATE, else STRING; several types meet in the widest or in STRING. */
function inferType(values: readonly (string | null)[]): DataType {
  const types = values.filter((value) => value !== null).map(inferValue);
  if (types.length === 0) return STRING;
  return types.reduce((left, right) => {
    if (left.kind === right.kind && left.kind !== 'decimal') return left;
    const ranks = ['integer', 'long', 'decimal', 'double'];
    const [one, two] = [ranks.indexOf(left.kind), ranks.indexOf(right.kind)];
    if (one < 0 || two < 0) return STRING;
    if (left.kind === 'decimal' && right.kind === 'decimal') return left.precision >= right.precision ? left : right;
    return one > two ? left : right;
  });
}

function inferValue(text: string): DataType {
  if (/^[+-]?\d+$/.test(text)) {
    const value = BigInt(text);
    if (value >= -(2n ** 31n) && value < 2n ** 31n) return INTEGER;
    if (value >= -(2n ** 63n) && value < 2n ** 63n) return LONG;
    const digits = String(value).replace('-', '').length;
    if (digits <= 38) return decimal(digits, 0);
  }
  if (/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?[dDfF]?$/.test(text)) return DOUBLE;
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return DATE;
  return STRING;
}

const primitives: Readonly<Partial<Record<DuckDBTypeId, DataType>>> = {
  [DuckDBTypeId.BOOLEAN]: primitive('boolean'),
  [DuckDBTypeId.TINYINT]: primitive('byte'),
  [DuckDBTypeId.SMALLINT]: primitive('short'),
  [DuckDBTypeId.INTEGER]: INTEGER,
  [DuckDBTypeId.BIGINT]: LONG,
  // Spark reads Parquet's unsigned integers as the next wider signed type.
  [DuckDBTypeId.UTINYINT]: primitive('short'),
  [DuckDBTypeId.USMALLINT]: INTEGER,
  [DuckDBTypeId.UINTEGER]: LONG,
  [DuckDBTypeId.UBIGINT]: decimal(20, 0),
  [DuckDBTypeId.FLOAT]: primitive('float'),
  [DuckDBTypeId.DOUBLE]: DOUBLE,
  [DuckDBTypeId.VARCHAR]: STRING,
  [DuckDBTypeId.BLOB]: primitive('binary'),
  [DuckDBTypeId.DATE]: DATE,
  [DuckDBTypeId.TIMESTAMP_TZ]: primitive('timestamp'),
  [DuckDBTypeId.TIMESTAMP]: primitive('timestamp_ntz'),
  [DuckDBTypeId.TIMESTAMP_MS]: primitive('timestamp_ntz'),
  [DuckDBTypeId.TIMESTAMP_NS]: primitive('timestamp_ntz'),
  [DuckDBTypeId.TIMESTAMP_S]: primitive('timestamp_ntz'),
  [DuckDBTypeId.SQLNULL]: STRING,
};

function fromDuckDb(type: DuckDBType, column: string): DataType {
  const known = primitives[type.typeId];
  if (known !== undefined) return known;
  if (type.typeId === DuckDBTypeId.DECIMAL) {
    const { width, scale } = type as unknown as { width: number; scale: number };
    return decimal(width, scale);
  }
  if (type.typeId === DuckDBTypeId.LIST)
    return { kind: 'array', element: fromDuckDb((type as unknown as { valueType: DuckDBType }).valueType, column) };
  if (type.typeId === DuckDBTypeId.MAP) {
    const { keyType, valueType } = type as unknown as { keyType: DuckDBType; valueType: DuckDBType };
    return { kind: 'map', key: fromDuckDb(keyType, column), value: fromDuckDb(valueType, column) };
  }
  if (type.typeId === DuckDBTypeId.STRUCT) {
    const { entryNames, entryTypes } = type as unknown as {
      entryNames: readonly string[];
      entryTypes: readonly DuckDBType[];
    };
    return {
      kind: 'struct',
      fields: entryNames.map((name, index) => ({ name, type: fromDuckDb(entryTypes[index]!, column), nullable: true })),
    };
  }
  throw notImplemented(`the Parquet type of column ${column} (${String(type)})`);
}
