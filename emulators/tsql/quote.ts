/** A name as DuckDB reads it, whatever it holds. The only place that quotes identifiers. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A string literal as DuckDB reads it. NUL cannot stand in DuckDB's SQL text, so it is put together. */
export function quoteString(text: string): string {
  const quoted = text
    .split('\0')
    .map((part) => `'${part.replaceAll("'", "''")}'`)
    .join(' || chr(0) || ');
  return text.includes('\0') ? `(${quoted})` : quoted;
}

/** A binary literal as DuckDB reads it; `hex` holds hex digits, an odd first one standing alone as T-SQL has it. */
export function quoteBinary(hex: string): string {
  const even = hex.length % 2 === 1 ? `0${hex}` : hex;
  return `'${even.replace(/../g, (byte) => `\\x${byte.toUpperCase()}`)}'::BLOB`;
}
