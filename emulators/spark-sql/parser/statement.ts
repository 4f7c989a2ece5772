import type {
  Assignment,
  ColumnDefinition,
  Expression,
  MergeAction,
  MergeClause,
  Query,
  Statement,
  StatementNode,
} from '../ast.ts';
import { type Token, tokenize } from '../lexer.ts';
import { notImplemented, SparkError } from '../spark-error.ts';
import { Cursor } from './cursor.ts';
import { parseExpression } from './expression.ts';
import { parseQuery, relationPrimary, startsQuery, tableReference } from './query.ts';
import { parseType } from './type.ts';

/**
 * Parses a script: statements set apart by semicolons.
 * @throws SparkError PARSE_SYNTAX_ERROR, LOCAL_ENGINE_NOT_IMPLEMENTED
 */
export function parseScript(sql: string): Statement[] {
  const statements: Statement[] = [];
  let current: Token[] = [];
  for (const token of tokenize(sql)) {
    if (token.key !== ';' && token.kind !== 'end') {
      current.push(token);
      continue;
    }
    if (current.length > 0)
      statements.push(parseTokens(sql, [...current, { ...token, kind: 'end', text: 'end of input', key: '' }]));
    current = [];
  }
  return statements;
}

/** Parses a query on its own: a view's text. */
export function parseQueryText(sql: string): Statement {
  const [statement, ...rest] = parseScript(sql);
  if (statement?.statement.node !== 'query' || rest.length > 0)
    throw new SparkError('PARSE_SYNTAX_ERROR', 'Expected one query.', { at: { line: 1, column: 1 } });
  return statement;
}

function parseTokens(sql: string, tokens: readonly Token[]): Statement {
  const cursor = new Cursor(sql, tokens);
  const statement = statementOf(cursor);
  if (cursor.peek().kind !== 'end') throw cursor.unexpected();
  return { statement, relations: cursor.relations, text: cursor.textFrom(tokens[0]!.start) };
}

function statementOf(cursor: Cursor): StatementNode {
  const start = cursor.peek();
  switch (start.key) {
    case 'SELECT':
    case 'WITH':
    case 'VALUES':
    case '(':
      return { node: 'query', query: parseQuery(cursor) };
    case 'CREATE':
      return create(cursor);
    case 'REPLACE':
      cursor.next();
      cursor.expect('TABLE');
      return createTable(cursor, true);
    case 'DROP':
      return drop(cursor);
    case 'INSERT':
      return insert(cursor);
    case 'MERGE':
      return merge(cursor);
    case 'UPDATE':
      return update(cursor);
    case 'DELETE': {
      cursor.expect('DELETE', 'FROM');
      const target = tableReference(cursor, true);
      return { node: 'delete', target, where: cursor.take('WHERE') ? parseExpression(cursor) : undefined };
    }
    case 'TRUNCATE':
      cursor.expect('TRUNCATE', 'TABLE');
      return { node: 'truncate', target: named(cursor) };
    case 'DESCRIBE':
    case 'DESC':
      return describe(cursor);
    case 'SHOW':
      return show(cursor);
    case 'USE': {
      cursor.next();
      const catalog = cursor.take('CATALOG');
      if (!catalog && !cursor.take('SCHEMA')) cursor.take('DATABASE');
      return { node: 'use', name: cursor.qualifiedName(), catalog };
    }
    case 'SET':
      return set(cursor);
    case 'DECLARE':
      return declare(cursor);
    case 'ALTER':
      return alter(cursor);
    case 'OPTIMIZE': {
      cursor.next();
      const target = tableReference(cursor, false);
      if (cursor.peek().kind !== 'end') throw notImplemented(`OPTIMIZE .. ${cursor.peek().text}`, cursor.peek().at);
      return { node: 'optimize', target };
    }
    case 'VACUUM': {
      cursor.next();
      const target = tableReference(cursor, false);
      let retainHours: number | undefined;
      if (cursor.take('RETAIN')) {
        retainHours = Number(cursor.next().text);
        if (!cursor.take('HOURS')) cursor.expect('HOUR');
      }
      return { node: 'vacuum', target, retainHours };
    }
    default:
      if (start.kind === 'word' && laterStatements.has(start.key))
        throw notImplemented(`the statement ${start.key}`, start.at);
      throw cursor.unexpected();
  }
}

/** Statements that Databricks has and the local engine has not. */
const laterStatements: ReadonlySet<string> = new Set(
  (
    'ANALYZE BEGIN CACHE CALL CLEAR COMMENT COMMIT COPY EXECUTE EXPLAIN FSCK GENERATE GRANT LIST LOAD MSCK REFRESH REORG REPAIR RESET RESTORE ' +
    'REVOKE ROLLBACK SYNC UNCACHE UNDROP DENY APPLY FROM TABLE'
  ).split(' '),
);

const ifNotExists = (cursor: Cursor): boolean => cursor.take('IF', 'NOT', 'EXISTS');

function named(cursor: Cursor): Extract<ReturnType<typeof tableReference>, { node: 'named' }> {
  const target = tableReference(cursor, false);
  if (target.node !== 'named') throw notImplemented('this statement on a path', target.at);
  return target;
}

function create(cursor: Cursor): StatementNode {
  cursor.expect('CREATE');
  const replace = cursor.take('OR', 'REPLACE');
  const temporary = (cursor.take('GLOBAL') && failGlobal(cursor)) || cursor.take('TEMPORARY') || cursor.take('TEMP');
  if (cursor.take('VIEW')) {
    const absent = ifNotExists(cursor);
    const name = cursor.qualifiedName();
    const columns = cursor.at('(')
      ? cursor.parenthesised(() =>
          cursor.list(() => {
            const column = cursor.identifier();
            if (cursor.take('COMMENT')) cursor.string();
            return column;
          }),
        )
      : [];
    if (cursor.take('COMMENT')) cursor.string();
    if (cursor.take('TBLPROPERTIES')) properties(cursor);
    cursor.expect('AS');
    const from = cursor.peek().start;
    const query = parseQuery(cursor);
    return {
      node: 'createView',
      name,
      replace,
      ifNotExists: absent,
      temporary,
      columns,
      query,
      text: cursor.textFrom(from),
    };
  }
  if (temporary) throw notImplemented(`CREATE TEMPORARY ${cursor.peek().text}`, cursor.peek().at);
  cursor.take('EXTERNAL');
  if (cursor.take('TABLE')) return createTable(cursor, replace);
  if (!replace && (cursor.take('SCHEMA') || cursor.take('DATABASE'))) {
    const absent = ifNotExists(cursor);
    const name = cursor.qualifiedName();
    let location: string | undefined;
    for (;;) {
      if (cursor.take('COMMENT')) cursor.string();
      else if (cursor.take('MANAGED', 'LOCATION') || cursor.take('LOCATION')) location = cursor.string();
      else if (cursor.take('WITH', 'DBPROPERTIES')) properties(cursor);
      else return { node: 'createSchema', name, ifNotExists: absent, location };
    }
  }
  if (!replace && cursor.take('CATALOG')) {
    const absent = ifNotExists(cursor);
    return { node: 'createCatalog', name: cursor.identifier(), ifNotExists: absent };
  }
  throw notImplemented(`CREATE ${cursor.peek().text}`, cursor.peek().at);
}

function failGlobal(cursor: Cursor): never {
  throw notImplemented('global temporary views', cursor.peek().at);
}

function createTable(cursor: Cursor, replace: boolean): StatementNode {
  const absent = ifNotExists(cursor);
  const name = cursor.qualifiedName();
  const columns = cursor.at('(') ? cursor.parenthesised(() => cursor.list(() => columnDefinition(cursor))) : [];
  let location: string | undefined;
  let comment: string | undefined;
  let table: Record<string, string> = {};
  for (;;) {
    const { at } = cursor.peek();
    if (cursor.take('USING')) {
      const format = cursor.identifier();
      if (format.toUpperCase() !== 'DELTA') throw notImplemented(`tables USING ${format}`, at);
    } else if (cursor.take('LOCATION')) location = cursor.string();
    else if (cursor.take('COMMENT')) comment = cursor.string();
    else if (cursor.take('TBLPROPERTIES')) table = { ...table, ...properties(cursor) };
    else if (cursor.at('PARTITIONED') || cursor.at('CLUSTER') || cursor.at('CLUSTERED') || cursor.at('OPTIONS'))
      throw notImplemented(`CREATE TABLE .. ${cursor.peek().text}`, at);
    else break;
  }
  let query: Query | undefined;
  if (cursor.take('AS') || startsQuery(cursor)) {
    if (columns.length > 0)
      throw new SparkError(
        'PARSE_SYNTAX_ERROR',
        'Operation not allowed: Schema may not be specified in a Create Table As Select (CTAS) statement.',
        {
          at: cursor.peek().at,
        },
      );
    query = parseQuery(cursor);
  }
  return {
    node: 'createTable',
    name,
    replace,
    ifNotExists: absent,
    columns,
    location,
    comment,
    properties: table,
    query,
  };
}

function columnDefinition(cursor: Cursor): ColumnDefinition {
  const { key, at } = cursor.peek();
  const constraint = (key === 'PRIMARY' || key === 'FOREIGN') && cursor.peek(1).key === 'KEY';
  if (constraint || (key === 'CONSTRAINT' && cursor.peek(2).kind === 'word'))
    throw notImplemented('table constraints', at);
  const name = cursor.identifier();
  const type = parseType(cursor);
  let notNull = false;
  let comment: string | undefined;
  for (;;) {
    if (cursor.take('NOT', 'NULL')) notNull = true;
    else if (cursor.take('COMMENT')) comment = cursor.string();
    else if (
      cursor.at('GENERATED') ||
      cursor.at('DEFAULT') ||
      cursor.at('PRIMARY') ||
      cursor.at('CONSTRAINT') ||
      cursor.at('MASK') ||
      cursor.at('COLLATE')
    )
      throw notImplemented(`${cursor.peek().text} on a column`, cursor.peek().at);
    else return { name, type, notNull, comment };
  }
}

function properties(cursor: Cursor): Record<string, string> {
  const found: Record<string, string> = {};
  cursor.parenthesised(() =>
    cursor.list(() => {
      const key = cursor.peek().kind === 'string' ? cursor.string() : cursor.qualifiedName().join('.');
      cursor.take('=');
      const value = cursor.next();
      if (!['string', 'number', 'word'].includes(value.kind)) throw cursor.unexpected('expected a property value');
      found[key] = value.kind === 'word' ? value.text.toLowerCase() : value.text;
    }),
  );
  return found;
}

function drop(cursor: Cursor): StatementNode {
  cursor.expect('DROP');
  const what = cursor.take('TABLE')
    ? ('TABLE' as const)
    : cursor.take('VIEW')
      ? ('VIEW' as const)
      : cursor.take('SCHEMA') || cursor.take('DATABASE')
        ? ('SCHEMA' as const)
        : undefined;
  if (what === undefined) throw notImplemented(`DROP ${cursor.peek().text}`, cursor.peek().at);
  const ifExists = cursor.take('IF', 'EXISTS');
  const name = cursor.qualifiedName();
  const cascade = cursor.take('CASCADE');
  if (!cascade) cursor.take('RESTRICT');
  return { node: 'drop', what, name, ifExists, cascade };
}

function insert(cursor: Cursor): StatementNode {
  cursor.expect('INSERT');
  const overwrite = cursor.take('OVERWRITE');
  if (!overwrite) cursor.expect('INTO');
  if (cursor.at('DIRECTORY')) throw notImplemented('INSERT OVERWRITE DIRECTORY', cursor.peek().at);
  cursor.take('TABLE');
  const target = tableReference(cursor, false);
  if (cursor.at('PARTITION')) throw notImplemented('INSERT .. PARTITION', cursor.peek().at);
  if (cursor.at('REPLACE')) throw notImplemented('INSERT .. REPLACE WHERE', cursor.peek().at);
  const byName = cursor.take('BY', 'NAME');
  const columns =
    cursor.at('(') && !startsQuery(cursor) ? cursor.parenthesised(() => cursor.list(() => cursor.identifier())) : [];
  return { node: 'insert', target, overwrite, columns, byName, query: parseQuery(cursor) };
}

function assignments(cursor: Cursor): Assignment[] {
  return cursor.list(() => {
    const { at } = cursor.peek();
    const column = cursor.qualifiedName();
    cursor.expect('=');
    return { column, value: parseExpression(cursor), at };
  });
}

function update(cursor: Cursor): StatementNode {
  cursor.expect('UPDATE');
  const target = tableReference(cursor, true);
  cursor.expect('SET');
  const changes = assignments(cursor);
  return {
    node: 'update',
    target,
    assignments: changes,
    where: cursor.take('WHERE') ? parseExpression(cursor) : undefined,
  };
}

/** https://docs.databricks.com/sql/language-manual/delta-merge-into.html */
function merge(cursor: Cursor): StatementNode {
  cursor.expect('MERGE');
  if (cursor.at('WITH')) throw notImplemented('MERGE WITH SCHEMA EVOLUTION', cursor.peek().at);
  cursor.expect('INTO');
  const target = tableReference(cursor, true);
  cursor.expect('USING');
  const source = relationPrimary(cursor);
  cursor.expect('ON');
  const on = parseExpression(cursor);
  const clauses: MergeClause[] = [];
  while (cursor.take('WHEN')) {
    const when = mergeWhen(cursor);
    const condition = cursor.take('AND') ? parseExpression(cursor) : undefined;
    cursor.expect('THEN');
    clauses.push({ when, condition, effect: mergeAction(cursor, when) });
  }
  if (clauses.length === 0) throw cursor.unexpected('expected WHEN');
  return { node: 'merge', target, source, on, clauses };
}

function mergeWhen(cursor: Cursor): MergeClause['when'] {
  if (cursor.take('MATCHED')) return 'MATCHED';
  cursor.expect('NOT', 'MATCHED');
  if (cursor.take('BY', 'SOURCE')) return 'NOT MATCHED BY SOURCE';
  cursor.take('BY', 'TARGET');
  return 'NOT MATCHED';
}

function mergeAction(cursor: Cursor, when: MergeClause['when']): MergeAction {
  if (when === 'NOT MATCHED') {
    cursor.expect('INSERT');
    if (cursor.take('*')) return { action: 'INSERT', columns: [], values: '*' };
    const columns = cursor.parenthesised(() => cursor.list(() => cursor.qualifiedName().at(-1)!));
    cursor.expect('VALUES');
    const values: Expression[] = cursor.parenthesised(() => cursor.list(() => parseExpression(cursor)));
    return { action: 'INSERT', columns, values };
  }
  if (cursor.take('DELETE')) return { action: 'DELETE' };
  cursor.expect('UPDATE', 'SET');
  if (when === 'MATCHED' && cursor.take('*')) return { action: 'UPDATE', assignments: '*' };
  return { action: 'UPDATE', assignments: assignments(cursor) };
}

function describe(cursor: Cursor): StatementNode {
  cursor.next();
  const what = cursor.take('HISTORY') ? 'history' : cursor.take('DETAIL') ? 'detail' : 'columns';
  if (what === 'columns') cursor.take('TABLE');
  for (const other of ['SCHEMA', 'DATABASE', 'FUNCTION', 'QUERY', 'CATALOG'])
    if (cursor.at(other) && cursor.peek(1).kind === 'word') throw notImplemented(`DESCRIBE ${other}`, cursor.peek().at);
  if (cursor.at('EXTENDED') || cursor.at('FORMATTED'))
    throw notImplemented(`DESCRIBE ${cursor.peek().text}`, cursor.peek().at);
  return { node: 'describe', target: tableReference(cursor, false), what };
}

function show(cursor: Cursor): StatementNode {
  cursor.expect('SHOW');
  const key = cursor.next().key;
  const what = key === 'DATABASES' ? 'SCHEMAS' : key;
  if (what !== 'TABLES' && what !== 'SCHEMAS' && what !== 'VIEWS' && what !== 'CATALOGS')
    throw notImplemented(`SHOW ${key}`, cursor.peek().at);
  const within = cursor.take('IN') || cursor.take('FROM') ? cursor.qualifiedName() : [];
  if (cursor.peek().kind !== 'end') throw notImplemented(`SHOW ${what} .. ${cursor.peek().text}`, cursor.peek().at);
  return { node: 'show', what, in: within };
}

function set(cursor: Cursor): StatementNode {
  cursor.expect('SET');
  if (cursor.take('TIME', 'ZONE'))
    return { node: 'setOption', key: 'spark.sql.session.timeZone', value: cursor.next().text };
  if (cursor.take('VARIABLE') || cursor.take('VAR')) {
    if (cursor.at('(')) {
      const names = cursor.parenthesised(() => cursor.list(() => cursor.qualifiedName().at(-1)!));
      cursor.expect('=');
      return { node: 'setVariable', names, value: parseExpression(cursor) };
    }
    const names = [cursor.qualifiedName().at(-1)!];
    cursor.expect('=');
    return { node: 'setVariable', names, value: parseExpression(cursor) };
  }
  const key = cursor.qualifiedName().join('.');
  cursor.expect('=');
  const from = cursor.peek();
  while (cursor.peek().kind !== 'end') cursor.next();
  return { node: 'setOption', key, value: from.kind === 'string' ? from.text : cursor.textFrom(from.start) };
}

function declare(cursor: Cursor): StatementNode {
  cursor.expect('DECLARE');
  const replace = cursor.take('OR', 'REPLACE');
  if (!cursor.take('VARIABLE')) cursor.take('VAR');
  const name = cursor.qualifiedName().at(-1)!;
  const typed = cursor.peek().kind === 'word' && !cursor.at('DEFAULT');
  const type = typed ? parseType(cursor) : undefined;
  const value = cursor.take('DEFAULT') || cursor.take('=') ? parseExpression(cursor) : undefined;
  return { node: 'declare', name, replace, type, value };
}

function alter(cursor: Cursor): StatementNode {
  cursor.expect('ALTER', 'TABLE');
  const target = named(cursor);
  if (cursor.take('SET', 'TBLPROPERTIES')) return { node: 'alterProperties', target, properties: properties(cursor) };
  if (cursor.take('ADD', 'COLUMNS') || cursor.take('ADD', 'COLUMN')) {
    const columns = cursor.at('(')
      ? cursor.parenthesised(() => cursor.list(() => columnDefinition(cursor)))
      : [columnDefinition(cursor)];
    return { node: 'addColumns', target, columns };
  }
  throw notImplemented(`ALTER TABLE .. ${cursor.peek().text}`, cursor.peek().at);
}
