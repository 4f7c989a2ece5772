import type { ContractColumn } from '../contract.ts';

/** Quotes a name for Spark SQL. */
export function quoteName(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

/** Quotes a text for Spark SQL. */
export function quoteText(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/** `silver.orders` as quoted parts. */
export function quoteTable(id: string): string {
  return id.split('.').map(quoteName).join('.');
}

/** Lines joined and indented, for readable SQL. */
export function list(items: readonly string[], indent: string, separator = ','): string {
  return items.map((item) => `${indent}${item}`).join(`${separator}\n`);
}

/** A column as CREATE TABLE declares it. */
export function columnDefinition(column: ContractColumn, required: boolean): string {
  return `${quoteName(column.name)} ${column.type}${required ? ' NOT NULL' : ''} COMMENT ${quoteText(column.description)}`;
}
