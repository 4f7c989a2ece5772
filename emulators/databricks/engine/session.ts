import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { type DataType, quoteName, quoteString, type Snapshot, STRING } from '../../delta/index.ts';
import {
  Binding,
  type Bound,
  bindQuery,
  cast,
  type Environment,
  emptyScope,
  type NamedRelation,
  notImplemented,
  type PathRelation,
  parseQueryText,
  parseScript,
  type Query,
  type ResolvedRelation,
  SparkError,
  type Statement,
} from '../../spark-sql/index.ts';
import { type Catalog, defaultCatalog } from './catalog.ts';
import { type Database, rowsOf, toSparkError } from './database.ts';
import { type Lake, localPath } from './lake.ts';
import { parquetRelation } from './parquet-folder.ts';
import { scanSql } from './scan.ts';
import { runStatement } from './statements/index.ts';
import type { Tables } from './tables.ts';

/** What a statement answers. Values are text as Databricks' JSON_ARRAY has them; null is NULL. */
export interface Result {
  readonly columns: readonly { readonly name: string; readonly type: DataType }[];
  readonly rows: readonly (readonly (string | null)[])[];
}

/** The parts of the engine a session works with. */
export interface Engine {
  readonly lake: Lake;
  readonly catalog: Catalog;
  readonly tables: Tables;
  readonly database: Database;
  readonly stateDirectory: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export interface Parameter {
  readonly value: string | null;
  readonly type: DataType;
}

export type TableName = readonly [string, string, string];

/** A Delta table that a statement works on. */
export interface Target {
  readonly folder: string;
  readonly snapshot: Snapshot;
  /** For messages and qualifiers. */
  readonly name: readonly string[];
}

/** One connection with its variables, temporary views and current schema: a task's, or a statement's. */
export class Session {
  readonly engine: Engine;
  readonly connection: DuckDBConnection;
  readonly variables = new Map<string, Bound>();
  readonly temporaryViews = new Map<
    string,
    { readonly text: string; readonly columns: readonly string[]; readonly namespace: readonly [string, string] }
  >();
  namespace: readonly [string, string] = [defaultCatalog, 'default'];
  parameters: ReadonlyMap<string, Bound> = new Map();
  #canceled = false;
  #interrupting: NodeJS.Timeout | undefined;
  #temporary = 0;

  static async open(engine: Engine): Promise<Session> {
    return new Session(engine, await engine.database.connect());
  }

  private constructor(engine: Engine, connection: DuckDBConnection) {
    this.engine = engine;
    this.connection = connection;
  }

  /**
   * Runs a script, statement after statement; the first failure ends it.
   * @returns the last statement's result
   * @throws SparkError with Databricks' error class
   */
  async execute(sql: string, parameters: Readonly<Record<string, Parameter>> = {}): Promise<Result> {
    const at = { line: 1, column: 1 };
    this.parameters = new Map(
      Object.entries(parameters).map(([name, { value, type }]) => [
        name,
        value === null
          ? { sql: 'NULL', type, constant: null }
          : cast({ sql: quoteString(value), type: STRING, constant: value }, type, { safe: false, at }),
      ]),
    );
    let result: Result = { columns: [], rows: [] };
    try {
      for (const statement of parseScript(sql)) {
        if (this.#canceled)
          throw new SparkError('OPERATION_CANCELED', 'Operation has been canceled.', { sqlState: 'HY008' });
        result = await runStatement(this, statement);
      }
    } catch (error) {
      throw toSparkError(error);
    }
    return result;
  }

  /** DuckDB forgets an interrupt that comes between two of its statements, so it is repeated until the session is closed. */
  cancel(): void {
    if (this.#canceled) return;
    this.#canceled = true;
    this.connection.interrupt();
    this.#interrupting = setInterval(() => this.connection.interrupt(), 50);
  }

  close(): void {
    clearInterval(this.#interrupting);
    this.connection.closeSync();
  }

  async rows(sql: string): Promise<unknown[][]> {
    return rowsOf(this.connection, sql);
  }

  /** A name for a temporary DuckDB table of one statement. */
  temporaryName(purpose: string): string {
    return quoteName(`__${purpose}_${++this.#temporary}`);
  }

  /** Looks up everything the statement names, so that binding needs nobody to wait for. */
  async environment(statement: Pick<Statement, 'relations'>): Promise<Environment> {
    const relations = new Map<NamedRelation | PathRelation, ResolvedRelation>();
    await this.#resolve(statement.relations, this.namespace, relations, []);
    return {
      relations,
      variables: this.variables,
      parameters: this.parameters,
      nowMicros: BigInt(this.engine.now()) * 1000n,
      namespace: this.namespace,
    };
  }

  async #resolve(
    references: readonly (NamedRelation | PathRelation)[],
    namespace: readonly [string, string],
    found: Map<NamedRelation | PathRelation, ResolvedRelation>,
    within: readonly string[],
  ): Promise<void> {
    for (const reference of references) {
      const relation = await this.#relation(reference, namespace, found, within);
      if (relation !== undefined) found.set(reference, relation);
    }
  }

  async #relation(
    reference: NamedRelation | PathRelation,
    namespace: readonly [string, string],
    found: Map<NamedRelation | PathRelation, ResolvedRelation>,
    within: readonly string[],
  ): Promise<ResolvedRelation | undefined> {
    if (reference.node === 'path') {
      const path = localPath(this.engine.lake, reference.path);
      if (reference.format === 'parquet')
        return parquetRelation(this.connection, path, reference.path, (sql) => this.#uriSql(sql));
      return this.#table(await this.engine.tables.snapshot(this.connection, path), []);
    }
    const temporary =
      reference.parts.length === 1 ? this.temporaryViews.get(reference.parts[0]!.toLowerCase()) : undefined;
    const name = this.tableName(reference.parts, namespace);
    const entry = temporary === undefined ? this.engine.catalog.find(name) : { kind: 'view' as const, ...temporary };
    if (entry === undefined) return undefined;
    if (entry.kind === 'table') {
      const { location } = entry;
      const { tables } = this.engine;
      const snapshot =
        reference.version === undefined
          ? await tables.snapshot(this.connection, location)
          : await tables.version(this.connection, location, reference.version);
      return this.#table(snapshot, name);
    }
    const key = temporary === undefined ? name.join('.') : reference.parts[0]!.toLowerCase();
    if (within.includes(key))
      throw new SparkError(
        'RECURSIVE_VIEW',
        `Recursive view \`${key}\` detected (cycle: ${[...within, key].join(' -> ')}).`,
        { sqlState: '42K0H' },
      );
    const parsed = parseQueryText(entry.text);
    await this.#resolve(parsed.relations, entry.namespace, found, [...within, key]);
    return {
      kind: 'view',
      query: (parsed.statement as { query: Query }).query,
      columns: entry.columns,
      name: temporary === undefined ? name : [key],
    };
  }

  #table(snapshot: Snapshot, name: readonly string[]): ResolvedRelation {
    return {
      kind: 'table',
      columns: snapshot.schema,
      name,
      sql: (withFilePath) =>
        scanSql(snapshot, snapshot.files, withFilePath ? { filePath: (sql) => this.#uriSql(sql) } : {}),
    };
  }

  /** A local path as the abfss URI that Databricks shows. */
  #uriSql(localPathSql: string): string {
    const { root, account } = this.engine.lake;
    const replacement = `abfss://\\1@${account}.dfs.core.windows.net/\\2`;
    const pattern = `^${root.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}/([^/]+)/(.*)$`;
    return `regexp_replace(${localPathSql}, ${quoteString(pattern)}, ${quoteString(replacement)})`;
  }

  tableName(parts: readonly string[], namespace = this.namespace): TableName {
    if (parts.length > 3)
      throw new SparkError(
        'IDENTIFIER_TOO_MANY_NAME_PARTS',
        `\`${parts.join('`.`')}\` is not a valid identifier as it has more than 2 name parts.`,
        { sqlState: '42601' },
      );
    const [name, schema, catalog] = [...parts].reverse().map((part) => part.toLowerCase());
    return [catalog ?? namespace[0], schema ?? namespace[1], name!];
  }

  schemaName(parts: readonly string[]): readonly [string, string] {
    if (parts.length > 2)
      throw new SparkError('IDENTIFIER_TOO_MANY_NAME_PARTS', `\`${parts.join('`.`')}\` is not a valid schema name.`, {
        sqlState: '42601',
      });
    const [schema, catalog] = [...parts].reverse().map((part) => part.toLowerCase());
    return [catalog ?? this.namespace[0], schema!];
  }

  /** The Delta table that a statement changes. */
  async target(reference: NamedRelation | PathRelation): Promise<Target> {
    const { tables, catalog, lake } = this.engine;
    if (reference.node === 'path') {
      if (reference.format !== 'delta') throw notImplemented('writing to parquet.`path`', reference.at);
      const folder = localPath(lake, reference.path);
      return { folder, snapshot: await tables.snapshot(this.connection, folder), name: [] };
    }
    const name = this.tableName(reference.parts);
    const entry = catalog.find(name);
    if (entry === undefined)
      throw new SparkError(
        'TABLE_OR_VIEW_NOT_FOUND',
        `The table or view \`${reference.parts.join('`.`')}\` cannot be found. Verify the spelling and correctness of the schema and catalog.`,
        { at: reference.at },
      );
    if (entry.kind === 'view')
      throw new SparkError(
        'EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE',
        `'${reference.parts.join('.')}' expects a table but is a view.`,
        { at: reference.at, sqlState: '42809' },
      );
    return { folder: entry.location, snapshot: await tables.snapshot(this.connection, entry.location), name };
  }

  /** Binds a query and runs it, values as text. */
  async query(statement: Pick<Statement, 'relations'>, query: Query): Promise<Result> {
    const bound = bindQuery(new Binding(await this.environment(statement)), emptyScope(), query);
    const items = bound.columns.map(
      (column) => `${textSql(`q.${quoteName(column.sqlName)}`, column.type)} AS ${quoteName(column.sqlName)}`,
    );
    const rows = (await this.rows(`SELECT ${items.join(', ')} FROM (${bound.sql}) AS q`)) as (string | null)[][];
    return { columns: bound.columns.map(({ name, type }) => ({ name, type })), rows };
  }

  /** A folder for a managed table's files. */
  async managedFolder(name: TableName): Promise<string> {
    const schema = this.engine.catalog.schema([name[0], name[1]]);
    const root =
      schema.location === undefined
        ? join(this.engine.stateDirectory, 'warehouse', name[0], name[1])
        : localPath(this.engine.lake, schema.location);
    const folder = join(root, schema.location === undefined ? `${name[2]}-${randomUUID()}` : name[2]);
    await mkdir(root, { recursive: true });
    return folder;
  }
}

/** A value as the statement API's JSON_ARRAY shows it. */
function textSql(sql: string, type: DataType): string {
  const at = { line: 1, column: 1 };
  switch (type.kind) {
    case 'timestamp':
      return `strftime(CAST(${sql} AS TIMESTAMP), '%Y-%m-%dT%H:%M:%S.%gZ')`;
    case 'timestamp_ntz':
      return `strftime(${sql}, '%Y-%m-%dT%H:%M:%S.%g')`;
    case 'binary':
      return `base64(${sql})`;
    case 'array':
    case 'map':
    case 'struct':
      return `CAST(to_json(${sql}) AS VARCHAR)`;
    case 'void':
    case 'interval':
      return `CAST(${sql} AS VARCHAR)`;
    default:
      return cast({ sql, type }, STRING, { safe: false, at }).sql;
  }
}
