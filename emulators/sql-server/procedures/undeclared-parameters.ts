import {
  type BindContext,
  bindDelete,
  bindInsert,
  bindMerge,
  bindQuery,
  bindUpdate,
  parseBatch,
  resolveType,
  type Statement,
} from '../../tsql/index.ts';
import { tokenize } from '../../tsql/lexer.ts';
import { SqlError } from '../../tsql/sql-error.ts';
import type { Column, SqlType, SqlValue } from '../../tsql/sql-type.ts';
import type { SystemProcedure } from '../dialect.ts';
import type { Engine } from '../engine.ts';
import { typeInfo, writeType } from '../type-info.ts';
import { parseDefinitions } from './sp-executesql.ts';

/**
 * sp_describe_undeclared_parameters: the types that a text's parameters would have, each from the place it stands in.
 * https://learn.microsoft.com/sql/relational-databases/system-stored-procedures/sp-describe-undeclared-parameters-transact-sql
 */

const int: SqlType = { name: 'int' };
const bit: SqlType = { name: 'bit' };
const sysname: SqlType = { name: 'nvarchar', length: 128 };
const text: SqlType = { name: 'nvarchar', length: 256 };

const COLUMNS: readonly Column[] = [
  ['parameter_ordinal', int],
  ['name', sysname],
  ['suggested_system_type_id', int],
  ['suggested_system_type_name', text],
  ['suggested_max_length', { name: 'smallint' }],
  ['suggested_precision', { name: 'tinyint' }],
  ['suggested_scale', { name: 'tinyint' }],
  ['suggested_user_type_id', int],
  ['suggested_user_type_database', sysname],
  ['suggested_user_type_schema', sysname],
  ['suggested_user_type_name', sysname],
  ['suggested_assembly_qualified_type_name', { name: 'nvarchar', length: 4000 }],
  ['suggested_xml_collection_id', int],
  ['suggested_xml_collection_database', sysname],
  ['suggested_xml_collection_schema', sysname],
  ['suggested_xml_collection_name', sysname],
  ['suggested_is_xml_document', bit],
  ['suggested_is_case_sensitive', bit],
  ['suggested_is_fixed_length_clr_type', bit],
  ['suggested_is_input', bit],
  ['suggested_is_output', bit],
  ['formal_parameter_name', sysname],
  ['suggested_tds_type_id', int],
  ['suggested_tds_length', int],
].map(([name, type]) => ({ name: name as string, type: type as SqlType, nullable: true }));

export const describeUndeclaredParameters: SystemProcedure = {
  parameters: [
    { name: '@tsql', type: { name: 'nvarchar', length: 'max' } },
    { name: '@params', type: { name: 'nvarchar', length: 'max' }, default: null },
  ],
  async run(engine, { values, sink }) {
    const found = await undeclared(engine, String(values.get('@tsql') ?? ''), String(values.get('@params') ?? ''));
    const rows = found.map(([name, type], index) => row(index + 1, name, type));
    await sink.columns(COLUMNS);
    await sink.rows({ rows: rows.length, values: COLUMNS.map((_, at) => rows.map((each) => each[at] ?? null)) });
    await sink.done(rows.length, 'select');
    return 0;
  },
};

function row(ordinal: number, name: string, type: SqlType): SqlValue[] {
  const { id, bytes, precision, scale } = typeInfo(type);
  const described = [ordinal, name, id, writeType(type), bytes, precision, scale];
  const userType = new Array<SqlValue>(9).fill(null);
  return [...described, ...userType, false, false, false, true, false, null, id, bytes];
}

/** In the order in which they first stand in the text. */
async function undeclared(engine: Engine, sql: string, definitions: string): Promise<[string, SqlType][]> {
  const declared = new Map(parseDefinitions(definitions).map((each) => [each.name.toLowerCase(), each.type]));
  const deduced = new Map<string, SqlType>();
  const context: BindContext = {
    ...engine.context(),
    variable: (name) => declared.get(name.toLowerCase()),
    undeclared: (name, type) => {
      if (!deduced.has(name.toLowerCase())) deduced.set(name.toLowerCase(), type);
    },
  };
  for (const statement of parseBatch(sql).statements) {
    if (statement.kind === 'declare') {
      for (const each of statement.variables) declared.set(each.name.toLowerCase(), resolveType(each.type));
    } else {
      await engine.dialect.prepare?.(engine, statement);
      bind(statement, context);
    }
  }
  const names = tokenize(sql)
    .filter((each) => each.type === 'variable' && !declared.has(each.text.toLowerCase()))
    .map((each) => each.text);
  return names.map((name, place) => {
    const key = name.toLowerCase();
    if (names.findIndex((each) => each.toLowerCase() === key) !== place) {
      throw new SqlError(
        11508,
        `The undeclared parameter '${name}' is used more than once in the batch being analyzed.`,
      );
    }
    const type = deduced.get(key);
    if (!type) throw new SqlError(11502, `The type for parameter '${name}' cannot be deduced in this context.`);
    return [name, type];
  });
}

function bind(statement: Statement, context: BindContext): void {
  switch (statement.kind) {
    case 'select statement':
      bindQuery(statement.query, context);
      return;
    case 'insert':
      if (statement.source.kind !== 'execute') bindInsert(statement, context);
      return;
    case 'update':
      bindUpdate(statement, context);
      return;
    case 'delete':
      bindDelete(statement, context);
      return;
    case 'merge':
      bindMerge(statement, context);
  }
}
