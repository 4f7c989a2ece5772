import { type DuckDBConnection, DuckDBInstance, type DuckDBValue } from '@duckdb/node-api';
import {
  type BindContext,
  type BoundDml,
  type BoundOutput,
  type BoundQuery,
  bindDelete,
  bindExpression,
  bindInsert,
  bindMerge,
  bindQuery,
  bindUpdate,
  type Catalog,
  type CatalogColumn,
  type CatalogTable,
  type CatalogView,
  type Column,
  duckdbType,
  type Parameter,
  parseBatch,
  quoteIdentifier,
  resolveType,
  type SqlType,
  type Statement,
  toSqlError,
} from '../../../emulators/tsql/index.ts';

export interface Result {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly unknown[])[];
}

/** The least an engine has to do to run the front end's output: enough for the conformance cases, and no more. */
export interface Database {
  run(sql: string): Promise<readonly Result[]>;
  begin(): Promise<void>;
  /** Undoes everything since begin, variables included. */
  rollback(): Promise<void>;
  close(): void;
}

/** Values of the session, as text that DuckDB casts. */
const SESSION: Readonly<Record<string, string>> = {
  GETDATE: '2024-05-06 07:08:09.123',
  GETUTCDATE: '2024-05-06 07:08:09.123',
  SYSDATETIME: '2024-05-06 07:08:09.123456',
  SYSUTCDATETIME: '2024-05-06 07:08:09.123456',
  CURRENT_TIMESTAMP: '2024-05-06 07:08:09.123',
  '@@ROWCOUNT': '3',
  '@@TRANCOUNT': '0',
  SCOPE_IDENTITY: '42',
  DB_NAME: 'shop',
};

export async function openDatabase(): Promise<Database> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const objects = new Map<string, CatalogTable | CatalogView>();
  const variables = new Map<string, { type: SqlType; value: DuckDBValue }>();
  const catalog: Catalog = {
    object: ({ parts }) => objects.get(parts.at(-1)!.toLowerCase()),
    tableFunction: () => undefined,
    scalarFunction: (name) =>
      name.parts[0]!.toUpperCase() === 'OBJECT_ID' ? { sql: 'CAST(7 AS INTEGER)', type: { name: 'int' } } : undefined,
    openRowset: (node) => ({
      sql: `(SELECT 1 AS "id", 'x=5/' AS "$path")`,
      columns: (node.schema ?? []).map((c) => ({ name: c.name, type: resolveType(c.type), nullable: true })),
      method: (_name, _args, alias) => ({ sql: `${alias}."$path"`, type: { name: 'varchar', length: 100 } }),
    }),
  };
  const context: BindContext = { catalog, variable: (name) => variables.get(name.toLowerCase())?.type };

  const values = (parameters: readonly Parameter[]): DuckDBValue[] =>
    parameters.map((p) =>
      p.source === 'variable' ? (variables.get(p.name.toLowerCase())?.value ?? null) : (SESSION[p.name] ?? null),
    );
  const query = async (sql: string, parameters: readonly Parameter[]): Promise<DuckDBValue[][]> => {
    try {
      const reader = await connection.runAndReadAll(sql, values(parameters));
      return reader.getRows();
    } catch (error) {
      const known = toSqlError(error);
      if (known) throw known;
      throw new Error(`${(error as Error).message}\n${sql}`);
    }
  };

  async function dml(bound: BoundDml, kind: string): Promise<Result | undefined> {
    await query(`CREATE OR REPLACE TEMP TABLE changes AS ${bound.sql}`, bound.parameters);
    const table = bound.target;
    const name = (i: number) => quoteIdentifier(table.columns[i]!.name);
    const insert = async (where: string) => {
      const identity = table.columns.findIndex((c) => c.identity);
      if (identity >= 0 && !bound.inserts.includes(identity)) {
        const next = `(SELECT coalesce(max(${name(identity)}), 0) FROM ${table.sql})`;
        await connection.run(
          `CREATE OR REPLACE TEMP TABLE changes AS SELECT *, CAST(${next} + row_number() OVER () AS BIGINT) AS "new_${identity}" FROM changes`,
        );
      }
      const given = identity >= 0 && !bound.inserts.includes(identity) ? [identity, ...bound.inserts] : bound.inserts;
      await query(
        `INSERT INTO ${table.sql} (${given.map(name).join(', ')}) SELECT ${given.map((i) => `"new_${i}"`).join(', ')} FROM changes ${where}`,
        [],
      );
    };
    if (kind === 'insert') await insert('');
    if (kind === 'merge') await insert(`WHERE "$action" = 'INSERT'`);
    if (bound.sets.length > 0) {
      const set = bound.sets.map((i) => `${name(i)} = c."new_${i}"`).join(', ');
      const where = kind === 'merge' ? ` AND c."$action" = 'UPDATE'` : '';
      await query(`UPDATE ${table.sql} AS t SET ${set} FROM changes AS c WHERE t.rowid = c."$rowid"${where}`, []);
    }
    if (kind === 'delete' || kind === 'merge') {
      const where = kind === 'merge' ? ` WHERE "$action" = 'DELETE'` : '';
      await query(`DELETE FROM ${table.sql} WHERE rowid IN (SELECT "$rowid" FROM changes${where})`, []);
    }
    return bound.output && output(bound.output);
  }

  async function output(bound: BoundOutput): Promise<Result> {
    return {
      columns: bound.columns,
      rows: await query(`SELECT ${bound.sql} FROM changes AS "$changes"`, bound.parameters),
    };
  }

  async function select(bound: BoundQuery): Promise<Result | undefined> {
    if (bound.into) {
      await query(`CREATE TABLE ${quoteIdentifier(bound.into.parts.at(-1)!)} AS ${bound.sql}`, bound.parameters);
      const name = bound.into.parts.at(-1)!;
      objects.set(name.toLowerCase(), {
        kind: 'table',
        schema: 'dbo',
        name,
        sql: quoteIdentifier(name),
        columns: bound.columns,
      });
      return undefined;
    }
    const rows = await query(bound.sql, bound.parameters);
    bound.assign?.forEach((variable, i) => {
      const type = variables.get(variable.toLowerCase())!.type;
      if (rows.length > 0) variables.set(variable.toLowerCase(), { type, value: rows.at(-1)![i]! });
    });
    if (!bound.assign) await checkTypes(connection, bound, values(bound.parameters));
    return bound.assign ? undefined : { columns: bound.columns, rows };
  }

  async function statement(node: Statement): Promise<Result | undefined> {
    switch (node.kind) {
      case 'select statement':
        return select(bindQuery(node, context));
      case 'insert':
        return dml(bindInsert(node, context), 'insert');
      case 'update':
        return dml(bindUpdate(node, context), 'update');
      case 'delete':
        return dml(bindDelete(node, context), 'delete');
      case 'merge':
        return dml(bindMerge(node, context), 'merge');
      case 'declare':
        for (const v of node.variables) {
          const type = resolveType(v.type);
          const bound = v.value && bindExpression(v.value, context, type);
          const value = bound ? (await query(bound.sql, bound.parameters))[0]![0]! : null;
          variables.set(v.name.toLowerCase(), { type, value });
        }
        return undefined;
      case 'create table': {
        const name = node.name.parts.at(-1)!;
        const columns = node.definition.columns.map(
          (c): CatalogColumn => ({
            name: c.name,
            type: resolveType(c.type!),
            nullable: c.nullable ?? true,
            ...(c.identity && { identity: true }),
            ...(c.default && { default: c.default.value }),
          }),
        );
        const definition = columns.map((c) => `${quoteIdentifier(c.name)} ${duckdbType(c.type)}`).join(', ');
        await connection.run(`CREATE TABLE ${quoteIdentifier(name)} (${definition})`);
        objects.set(name.toLowerCase(), { kind: 'table', schema: 'dbo', name, sql: quoteIdentifier(name), columns });
        return undefined;
      }
      case 'create view': {
        const name = node.name.parts.at(-1)!;
        objects.set(name.toLowerCase(), {
          kind: 'view',
          schema: 'dbo',
          name,
          query: node.query,
          ...(node.columns && { columnNames: node.columns }),
        });
        return undefined;
      }
      default:
        throw new Error(`the test database does not run '${node.kind}'`);
    }
  }

  return {
    async run(sql) {
      const results: Result[] = [];
      for (const node of parseBatch(sql).statements) {
        const result = await statement(node);
        if (result) results.push(result);
      }
      return results;
    },
    async begin() {
      await connection.run('BEGIN');
    },
    async rollback() {
      await connection.run('ROLLBACK');
      variables.clear();
    },
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/** Holds the binder to its word: each column has the DuckDB type that stands for its T-SQL type. */
async function checkTypes(connection: DuckDBConnection, bound: BoundQuery, values: DuckDBValue[]): Promise<void> {
  const reader = await connection.runAndReadAll(`SELECT * FROM (${bound.sql}) LIMIT 0`, values);
  const normal = (type: string) => type.replace(/[\s"]/g, '');
  reader.columnTypes().forEach((actual, i) => {
    const expected = duckdbType(bound.columns[i]!.type);
    if (normal(String(actual)) !== normal(expected)) {
      throw new Error(
        `column ${i + 1} is ${actual}, announced as ${expected} (${JSON.stringify(bound.columns[i])})\n${bound.sql}`,
      );
    }
  });
}
