import type { DuckDBConnection } from '@duckdb/node-api';
import { type DataType, readSnapshot, type Snapshot } from '../delta/index.ts';
import { quoteName, quoteText, rows } from '../sql-server/index.ts';
import { SqlError } from '../tsql/sql-error.ts';
import type { SqlType } from '../tsql/sql-type.ts';
import { cannotList, findFiles, type LakeLocation, type LakePath } from './location.ts';

/** What an OPENROWSET reads: DuckDB SQL of a relation, with the columns that the files have. */
export interface Files {
  /** A SELECT. Beside the columns it yields `$file`, the Parquet file's absolute path. */
  readonly sql: string;
  readonly columns: readonly { readonly name: string; readonly type: SqlType; readonly nullable: boolean }[];
  /** Absolute path -> path below the account and what wildcards stood for: filepath() and filename(). */
  readonly found: ReadonlyMap<string, { readonly path: string; readonly wildcards: readonly string[] }>;
}

/** Text that is read without a declared type is this wide, as in the service. */
const text: SqlType = { name: 'varchar', length: 8000 };

/** Parquet files by path and wildcards. The first one's schema is everyone's, as in the service; a column missing elsewhere is NULL. */
export async function parquetFiles(
  connection: DuckDBConnection,
  shown: string,
  path: LakePath,
  lake: LakeLocation,
): Promise<Files> {
  const found = findFiles(shown, path, lake);
  const described = await rows(connection, `DESCRIBE SELECT * FROM ${read([found[0]!.file], false)}`, [], [text, text]);
  const columns = described.map(([name, type]) => ({
    name: String(name),
    type: inferred(String(type)),
    nullable: true,
  }));
  return {
    sql: `SELECT *, filename AS "$file" FROM ${read(
      found.map(({ file }) => file),
      true,
    )}`,
    columns,
    found: new Map(found.map(({ file, ...rest }) => [file, rest])),
  };
}

/** A Delta table at its newest version. */
export async function deltaFiles(shown: string, path: LakePath, { root }: LakeLocation): Promise<Files> {
  let snapshot: Snapshot;
  try {
    snapshot = await readSnapshot([root, ...path].join('/'));
  } catch (cause) {
    if (/NOT_FOUND/.test((cause as Error).message + (cause as { code?: string }).code))
      throw cannotList(`${shown.replace(/\/$/, '')}/_delta_log/*.*`);
    throw new SqlError(
      13807,
      `The Delta table '${shown}' cannot be read by a serverless pool: ${(cause as Error).message}`,
      { cause },
    );
  }
  const columns = snapshot.schema.map(({ name, type, nullable }) => ({ name, type: deltaType(type), nullable }));
  return {
    sql: deltaSql(snapshot),
    columns,
    found: new Map(snapshot.files.map(({ path: file }) => [file, { path: file, wildcards: [] }])),
  };
}

function deltaSql({ files, schema, partitionColumns }: Snapshot): string {
  if (files.length === 0)
    return `SELECT ${schema.map(({ name }) => `NULL AS ${quoteName(name)}`).join(', ')}, NULL AS "$file" WHERE false`;
  const partitions = new Map<string, (typeof files)[number][]>();
  for (const file of files) {
    const key = JSON.stringify(partitionColumns.map((name) => file.partitionValues[name] ?? null));
    partitions.set(key, [...(partitions.get(key) ?? []), file]);
  }
  const parts = [...partitions].map(([key, members]) => {
    const constants = (JSON.parse(key) as (string | null)[]).map(
      (value, index) => `${value === null ? 'NULL' : quoteText(value)} AS ${quoteName(partitionColumns[index]!)}`,
    );
    const reading = read(
      members.map(({ path }) => path),
      true,
    );
    return `SELECT ${['*', 'filename AS "$file"', ...constants].join(', ')} FROM ${reading}`;
  });
  return parts.join(' UNION ALL BY NAME ');
}

function read(files: readonly string[], withName: boolean): string {
  return `read_parquet([${files.map(quoteText).join(', ')}], union_by_name = true, hive_partitioning = false${withName ? ', filename = true' : ''})`;
}

/** The type that the service infers for a Parquet column, by DuckDB's name of it. */
function inferred(duckdb: string): SqlType {
  const decimal = /^DECIMAL\((\d+),(\d+)\)$/.exec(duckdb);
  if (decimal) return { name: 'decimal', precision: Number(decimal[1]), scale: Number(decimal[2]) };
  switch (duckdb) {
    case 'BOOLEAN':
      return { name: 'bit' };
    case 'TINYINT':
    case 'SMALLINT':
      return { name: 'smallint' };
    case 'UTINYINT':
      return { name: 'tinyint' };
    case 'USMALLINT':
    case 'INTEGER':
      return { name: 'int' };
    case 'UINTEGER':
    case 'BIGINT':
      return { name: 'bigint' };
    case 'UBIGINT':
      return { name: 'decimal', precision: 20, scale: 0 };
    case 'FLOAT':
      return { name: 'real' };
    case 'DOUBLE':
      return { name: 'float' };
    case 'DATE':
      return { name: 'date' };
    case 'BLOB':
      return { name: 'varbinary', length: 8000 };
    case 'UUID':
      return { name: 'uniqueidentifier' };
    default:
      if (duckdb.startsWith('TIMESTAMP')) return { name: 'datetime2', scale: 7 };
      if (duckdb.startsWith('TIME')) return { name: 'time', scale: 7 };
      return text;
  }
}

function deltaType(type: DataType): SqlType {
  switch (type.kind) {
    case 'decimal':
      return { name: 'decimal', precision: type.precision, scale: type.scale };
    case 'long':
      return { name: 'bigint' };
    case 'integer':
      return { name: 'int' };
    case 'short':
    case 'byte':
      return { name: 'smallint' };
    case 'float':
      return { name: 'real' };
    case 'double':
      return { name: 'float' };
    case 'boolean':
      return { name: 'bit' };
    case 'binary':
      return { name: 'varbinary', length: 8000 };
    case 'date':
      return { name: 'date' };
    case 'timestamp':
    case 'timestamp_ntz':
      return { name: 'datetime2', scale: 7 };
    default:
      return text;
  }
}
