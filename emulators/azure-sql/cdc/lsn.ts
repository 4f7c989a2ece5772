/**
 * Log sequence numbers: binary(10), of which the first eight bytes count transactions and the last two are a slot. The counter is
 * there so that DuckDB's zone maps, which keep the first eight bytes of a value, can skip what a window of LSNs leaves out.
 */

/** Where a new database begins: a virtual log file number as real ones look, so that nothing mistakes an LSN for a small integer. */
export const FIRST = 0x20_0000_0000n;

/** 20 upper-case hex digits of the commit with this number. */
export const hex = (counter: bigint): string => `${counter.toString(16).toUpperCase().padStart(16, '0')}0001`;

export const counter = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString('hex').slice(0, 16)}`);

export const ZERO = '0'.repeat(20);

/** SQL of the LSN one above (or below) another, over all ten bytes. */
export function step(lsn: string, by: 1 | -1): string {
  const [edge, wrapped] = by === 1 ? ['FFFF', '0000'] : ['0000', 'FFFF'];
  const digits = `hex(${lsn})`;
  const low = `right(${digits}, 4)`;
  const high = `substr(${digits}, 1, 16)`;
  const number = (text: string): string => `CAST('0x' || ${text} AS BIGINT)`;
  return `CASE WHEN ${low} = '${edge}' THEN unhex(printf('%016X', ${number(high)} + (${by})) || '${wrapped}') ELSE unhex(${high} || printf('%04X', ${number(low)} + (${by}))) END`;
}
