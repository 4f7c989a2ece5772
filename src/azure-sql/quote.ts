/** An identifier as T-SQL takes it, whatever is in it: the one place where a name becomes SQL. */
export function quoteName(name: string): string {
  return `[${name.replaceAll(']', ']]')}]`;
}

/** `schema.table`, each part quoted. */
export function quoteTable(schema: string, table: string): string {
  return `${quoteName(schema)}.${quoteName(table)}`;
}
