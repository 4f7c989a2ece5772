import type { SqlValue } from '../tsql/sql-type.ts';

/**
 * RAISERROR's and FORMATMESSAGE's printf: `%[flag][width][.precision]type` with types d, i, o, s, u, x, X.
 * https://learn.microsoft.com/sql/t-sql/language-elements/raiserror-transact-sql
 */
export function formatMessage(template: string, args: readonly SqlValue[]): string {
  let next = 0;
  return template.replace(
    /%%|%([-+0 #]*)(\*|\d+)?(?:\.(\*|\d+))?(?:I64|[hl])?([diosuxX])/g,
    (match, flags: string | undefined, width: string | undefined, precision: string | undefined, type: string) => {
      if (match === '%%') return '%';
      const size = width === '*' ? Number(args[next++]) : Number(width ?? 0);
      const limit = precision === '*' ? Number(args[next++]) : precision === undefined ? undefined : Number(precision);
      const value = args[next++] ?? null;
      let text = value === null ? '(null)' : convert(value, type, flags ?? '');
      if (type === 's' && limit !== undefined) text = text.slice(0, limit);
      if (text.length >= size) return text;
      if (flags?.includes('-')) return text.padEnd(size);
      return text.padStart(size, flags?.includes('0') && type !== 's' ? '0' : ' ');
    },
  );
}

function convert(value: NonNullable<SqlValue>, type: string, flags: string): string {
  if (type === 's') return String(value);
  const number = BigInt(String(value).split('.')[0] || '0');
  const unsigned = number < 0n ? BigInt.asUintN(32, number) : number;
  switch (type) {
    case 'o':
      return unsigned.toString(8);
    case 'u':
      return unsigned.toString();
    case 'x':
      return (flags.includes('#') ? '0x' : '') + unsigned.toString(16);
    case 'X':
      return (flags.includes('#') ? '0X' : '') + unsigned.toString(16).toUpperCase();
    default:
      return (flags.includes('+') && number >= 0n ? '+' : '') + number.toString();
  }
}
