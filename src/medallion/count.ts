import { quoteText } from '../azure-sql/quote.ts';
import type { Query } from './gate.ts';

/**
 * Counts several queries in one round trip.
 * @param counts name -> a query of one number.
 */
export async function countAll(
  query: Query,
  counts: Readonly<Record<string, string>>,
): Promise<Record<string, bigint>> {
  const parts = Object.entries(counts).map(([name, sql]) => `SELECT ${quoteText(name)} AS name, (${sql}) AS total`);
  if (parts.length === 0) return {};
  const rows = await query(parts.join('\nUNION ALL\n'));
  return Object.fromEntries(rows.map((row) => [String(row['name']), BigInt(String(row['total'] ?? 0))]));
}
