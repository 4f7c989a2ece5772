import type { OpenJson, OpenRowset, OpenRowsetColumn, TableSource } from '../ast.ts';
import {
  accept,
  acceptAny,
  at,
  type Cursor,
  expect,
  identifier,
  list,
  nameList,
  nested,
  next,
  parenthesized,
  peek,
  syntaxError,
  unsupported,
} from './cursor.ts';
import { condition, expression } from './expressions.ts';
import { integer, objectName, tableAlias, typeName } from './names.ts';
import { queryExpression, startsQuery, valuesTable } from './query.ts';

/** One item of FROM with all that is joined to it. */
export function tableSource(c: Cursor): TableSource {
  return nested(c, () => {
    let left = tablePrimary(c);
    for (;;) {
      const joined = join(c, left);
      if (!joined) return left;
      left = joined;
    }
  });
}

function join(c: Cursor, left: TableSource): TableSource | undefined {
  const { line } = peek(c);
  if (accept(c, 'CROSS', 'APPLY')) return { kind: 'apply', outer: false, left, right: tablePrimary(c), line };
  if (accept(c, 'OUTER', 'APPLY')) return { kind: 'apply', outer: true, left, right: tablePrimary(c), line };
  if (accept(c, 'CROSS', 'JOIN')) return { kind: 'join', type: 'cross', left, right: tablePrimary(c), line };
  if (accept(c, 'PIVOT')) return pivot(c, left, line);
  if (accept(c, 'UNPIVOT')) return unpivot(c, left, line);
  const word = acceptAny(c, 'INNER', 'LEFT', 'RIGHT', 'FULL');
  if (word && word !== 'INNER') accept(c, 'OUTER');
  if (word) acceptAny(c, 'LOOP', 'HASH', 'MERGE', 'REMOTE');
  if (!accept(c, 'JOIN')) {
    if (word) throw syntaxError(c);
    return undefined;
  }
  const type = word === 'LEFT' ? 'left' : word === 'RIGHT' ? 'right' : word === 'FULL' ? 'full' : 'inner';
  // `a JOIN b JOIN c ON .. ON ..`: the right side may be joined itself before its ON.
  let right = tablePrimary(c);
  while (!at(c, 'ON')) {
    const deeper = join(c, right);
    if (!deeper) throw syntaxError(c);
    right = deeper;
  }
  expect(c, 'ON');
  return { kind: 'join', type, left, right, on: condition(c), line };
}

function pivot(c: Cursor, source: TableSource, line: number): TableSource {
  const inner = parenthesized(c, () => {
    const aggregate = expression(c);
    if (aggregate.kind !== 'function') throw syntaxError(c);
    expect(c, 'FOR');
    const column = objectName(c);
    expect(c, 'IN');
    return { aggregate, column, values: nameList(c) };
  });
  return { kind: 'pivot', source, ...inner, alias: aliasOf(c), line };
}

function unpivot(c: Cursor, source: TableSource, line: number): TableSource {
  const inner = parenthesized(c, () => {
    const value = identifier(c);
    expect(c, 'FOR');
    const name = identifier(c);
    expect(c, 'IN');
    return { value, name, columns: parenthesized(c, () => list(c, () => objectName(c))) };
  });
  return { kind: 'unpivot', source, ...inner, alias: aliasOf(c), line };
}

const HINTS = new Set(
  `NOLOCK READUNCOMMITTED UPDLOCK HOLDLOCK SERIALIZABLE READCOMMITTED READCOMMITTEDLOCK REPEATABLEREAD READPAST ROWLOCK PAGLOCK TABLOCK TABLOCKX XLOCK NOWAIT
SNAPSHOT NOEXPAND FORCESEEK FORCESCAN INDEX KEEPIDENTITY KEEPDEFAULTS IGNORE_CONSTRAINTS IGNORE_TRIGGERS`.split(/\s+/),
);

/** `WITH (NOLOCK, INDEX(x))`, or `(NOLOCK)` as old scripts write. */
export function tableHints(c: Cursor): readonly string[] {
  if (!at(c, 'WITH', '(') && !(at(c, '(') && HINTS.has(peek(c, 1).upper))) return [];
  accept(c, 'WITH');
  return parenthesized(c, () => {
    const hints: string[] = [];
    do {
      do {
        const token = next(c);
        if (!HINTS.has(token.upper)) throw syntaxError(c, token);
        hints.push(token.upper);
        if (token.upper === 'INDEX' || (token.upper === 'FORCESEEK' && at(c, '('))) {
          if (accept(c, '=')) next(c);
          else parenthesized(c, () => list(c, () => next(c)));
        }
      } while (HINTS.has(peek(c).upper));
    } while (accept(c, ','));
    return hints;
  });
}

function tablePrimary(c: Cursor): TableSource {
  const token = peek(c);
  const { line } = token;
  if (at(c, '(')) return nested(c, () => parenthesizedSource(c, line));
  if (token.type === 'variable') {
    next(c);
    if (at(c, '.')) throw unsupported(c, 'methods of XML variables');
    const alias = tableAlias(c);
    return { kind: 'table variable', name: token.text, ...(alias !== undefined && { alias }), line };
  }
  if (at(c, 'OPENROWSET')) return openRowset(c);
  if (at(c, 'OPENJSON', '(')) return openJson(c);
  if (at(c, 'OPENQUERY') || at(c, 'OPENDATASOURCE') || at(c, 'OPENXML') || at(c, 'CHANGETABLE', '(')) {
    throw unsupported(c, token.upper);
  }
  // `::fn_x(...)`, the old spelling of a system function.
  accept(c, '::');
  const name = objectName(c);
  if (at(c, '(') && !HINTS.has(peek(c, 1).upper)) {
    const args = parenthesized(c, () => (at(c, ')') ? [] : list(c, () => expression(c))));
    if (at(c, 'WITH', '(')) throw unsupported(c, `WITH after the table function ${name.parts.join('.')}`);
    const alias = tableAlias(c);
    const columns = alias !== undefined && at(c, '(') ? nameList(c) : undefined;
    return {
      kind: 'table function',
      name,
      args,
      ...(alias !== undefined && { alias }),
      ...(columns && { columns }),
      line,
    };
  }
  if (at(c, 'FOR', 'SYSTEM_TIME')) throw unsupported(c, 'FOR SYSTEM_TIME (temporal tables)');
  const before = tableHints(c);
  const alias = tableAlias(c);
  if (at(c, 'TABLESAMPLE')) throw unsupported(c, 'TABLESAMPLE');
  const hints = before.length > 0 ? before : tableHints(c);
  return { kind: 'table', name, ...(alias !== undefined && { alias }), hints, line };
}

function parenthesizedSource(c: Cursor, line: number): TableSource {
  if (at(c, '(', 'VALUES')) {
    const values = parenthesized(c, () => valuesTable(c));
    const query = { with: [], body: values, orderBy: [], start: 0, end: 0, line };
    return { kind: 'derived', query, ...derivedAlias(c), line };
  }
  if (peek(c, 1).upper === 'WITH') throw syntaxError(c, peek(c, 1));
  const before = c.position;
  expect(c, '(');
  if (startsQuery(c)) {
    const query = queryExpression(c);
    expect(c, ')');
    return { kind: 'derived', query, ...derivedAlias(c), line };
  }
  c.position = before;
  if (['INSERT', 'UPDATE', 'DELETE', 'MERGE'].includes(peek(c, 1).upper)) throw unsupported(c, 'DML in FROM');
  return parenthesized(c, () => tableSource(c));
}

function aliasOf(c: Cursor): string {
  accept(c, 'AS');
  return identifier(c);
}

function derivedAlias(c: Cursor): { alias: string; columns?: readonly string[] } {
  const alias = aliasOf(c);
  const columns = at(c, '(') ? nameList(c) : undefined;
  return { alias, ...(columns && { columns }) };
}

function openRowset(c: Cursor): OpenRowset {
  const { line } = next(c);
  expect(c, '(');
  if (!accept(c, 'BULK')) throw unsupported(c, 'OPENROWSET without BULK');
  const bulk = at(c, '(') ? parenthesized(c, () => list(c, () => text(c))) : [text(c)];
  const options = new Map<string, string>();
  while (accept(c, ',')) {
    const name = next(c);
    if (name.type !== 'word') throw syntaxError(c, name);
    options.set(name.upper, accept(c, '=') ? next(c).text : '');
  }
  expect(c, ')');
  const schema = accept(c, 'WITH') ? parenthesized(c, () => list(c, () => rowsetColumn(c))) : undefined;
  const alias = tableAlias(c);
  const columns = alias !== undefined && at(c, '(') ? nameList(c) : undefined;
  return {
    kind: 'openrowset',
    bulk,
    options,
    ...(schema && { schema }),
    ...(alias !== undefined && { alias }),
    ...(columns && { columns }),
    line,
  };
}

function rowsetColumn(c: Cursor): OpenRowsetColumn {
  const { line } = peek(c);
  const name = identifier(c);
  const type = typeName(c);
  const collation = accept(c, 'COLLATE') ? next(c).text : undefined;
  const token = peek(c);
  const ordinal = token.type === 'int' ? integer(c) : undefined;
  const path = token.type === 'string' || token.type === 'nstring' ? next(c).text : undefined;
  return {
    name,
    type,
    ...(collation !== undefined && { collation }),
    ...(ordinal !== undefined && { ordinal }),
    ...(path !== undefined && { path }),
    line,
  };
}

function openJson(c: Cursor): OpenJson {
  const { line } = next(c);
  expect(c, '(');
  const document = expression(c);
  const path = accept(c, ',') ? expression(c) : undefined;
  expect(c, ')');
  const schema = accept(c, 'WITH')
    ? parenthesized(c, () =>
        list(c, () => {
          const column = rowsetColumn(c);
          return accept(c, 'AS', 'JSON') ? { ...column, asJson: true } : column;
        }),
      )
    : undefined;
  const alias = tableAlias(c);
  return {
    kind: 'openjson',
    document,
    ...(path && { path }),
    ...(schema && { schema }),
    ...(alias !== undefined && { alias }),
    line,
  };
}

function text(c: Cursor): string {
  const token = next(c);
  if (token.type !== 'string' && token.type !== 'nstring') throw syntaxError(c, token);
  return token.text;
}
