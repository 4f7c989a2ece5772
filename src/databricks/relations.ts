/**
 * The relations a SELECT reads: names after FROM and JOIN (and after a comma in FROM), with the query's own CTEs left out. Works on tokens,
 * so strings, comments and quoted names do not mislead it.
 */
export function relationsOf(select: string): string[] {
  const tokens = tokenize(select);
  const commonTables = new Set<string>();
  for (let index = 0; index + 2 < tokens.length; index++) {
    const before = tokens[index - 1]?.toLowerCase();
    if ((before === 'with' || before === ',') && tokens[index + 1]?.toLowerCase() === 'as' && tokens[index + 2] === '(')
      commonTables.add(tokens[index]!.toLowerCase());
  }
  const relations = new Set<string>();
  for (let index = 0; index < tokens.length; index++) {
    if (!/^(from|join)$/i.test(tokens[index]!)) continue;
    let name = tokens[index + 1]?.toLowerCase() ?? '';
    if (!/^[a-z_]/.test(name)) continue;
    if (tokens[index + 2] === '.') name += `.${tokens[index + 3]?.toLowerCase()}`;
    if (!commonTables.has(name)) relations.add(name);
  }
  return [...relations];
}

const token = /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^'\\]|\\.|'')*'|`(?:[^`]|``)*`|[A-Za-z_][A-Za-z0-9_]*|\d[\w.]*|\S/g;

function tokenize(sql: string): string[] {
  return (sql.match(token) ?? []).filter((text) => !text.startsWith('--') && !text.startsWith('/*'));
}
