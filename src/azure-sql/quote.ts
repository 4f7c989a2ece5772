/** T-SQL for a name and for a text: the one place where either becomes SQL. Values are parameters; these are for what cannot be one. */

/** A name as an identifier. */
export function quoteName(name: string): string {
  return `[${name.replaceAll(']', ']]')}]`;
}

/** `schema.table`, each part quoted. */
export function quoteTable(schema: string, table: string): string {
  return `${quoteName(schema)}.${quoteName(table)}`;
}

/** The id of a model or table, such as `silver.orders`, each part quoted. */
export function quoteId(id: string): string {
  return id.split('.').map(quoteName).join('.');
}

/** A text as a literal. */
export function quoteText(text: string): string {
  return `N'${text.replaceAll("'", "''")}'`;
}
