import { quoteString } from '../quote.ts';
import { SqlError } from '../sql-error.ts';

/** Errors raised by emitted SQL carry their number in DuckDB's message, so that toSqlError finds it again. */
const MARK = '[mssql ';

/** DuckDB SQL that fails with a SQL Server error when it is evaluated. */
export function raise(number: number, message: string): string {
  return `error(${quoteString(`${MARK}${number}]${message}`)})`;
}

/** The same with a value in the message, given as SQL of a VARCHAR. */
export function raiseWith(number: number, before: string, value: string, after: string): string {
  return `error(${quoteString(`${MARK}${number}]${before}`)} || ${value} || ${quoteString(after)})`;
}

const INTEGER_NAMES: Record<string, string> = { UINT8: 'tinyint', INT16: 'smallint', INT32: 'int', INT64: 'bigint' };

/** What emitted SQL failed with, as SQL Server words it; undefined when it is not an error of the language (constraints, I/O). */
export function toSqlError(error: unknown, line = 1): SqlError | undefined {
  const text = error instanceof Error ? error.message : String(error);
  const options = { line, cause: error };
  const marked = /\[mssql (\d+)\]([\s\S]*)$/.exec(text);
  if (marked) return new SqlError(Number(marked[1]), trimContext(marked[2]!), options);
  const range = /can't be cast because the value is out of range for the destination type (\w+)/.exec(text);
  const value = /with value (\S+) can't/.exec(text)?.[1];
  if (range) {
    const name = INTEGER_NAMES[range[1]!] ?? 'numeric';
    if (name === 'tinyint' || name === 'smallint') {
      const state = name === 'tinyint' ? 2 : 1;
      const message = `Arithmetic overflow error for data type ${name}, value = ${value}.`;
      return new SqlError(220, message, { ...options, state });
    }
    return new SqlError(8115, `Arithmetic overflow error converting expression to data type ${name}.`, options);
  }
  const overflow = /Overflow in \w+ of (\w+)/.exec(text);
  if (overflow) {
    const name = INTEGER_NAMES[overflow[1]!] ?? 'numeric';
    return new SqlError(8115, `Arithmetic overflow error converting expression to data type ${name}.`, options);
  }
  const unreadable = /Could not convert string ["']([\s\S]*)["'] to (\w+)/.exec(text);
  if (unreadable) {
    const [, shown, type] = unreadable;
    const name = INTEGER_NAMES[type!];
    if (name) {
      const message = `Conversion failed when converting the varchar value '${shown}' to data type ${name}.`;
      return new SqlError(245, message, options);
    }
    // A UUID is an INT128 to DuckDB's message, and no other text is made one.
    if (type === 'INT128') {
      const message = 'Conversion failed when converting from a character string to uniqueidentifier.';
      return new SqlError(8169, message, { ...options, state: 2 });
    }
    return new SqlError(
      8114,
      `Error converting data type varchar to ${type === 'DOUBLE' ? 'float' : 'numeric'}.`,
      options,
    );
  }
  if (/Could not convert string .* to DECIMAL/.test(text)) {
    return new SqlError(8114, 'Error converting data type varchar to numeric.', options);
  }
  if (
    /Casting value .* to type DECIMAL.* failed|Could not cast value .* to DECIMAL|Overflow.*DECIMAL|DECIMAL.*out of range/i.test(
      text,
    )
  ) {
    return new SqlError(8115, 'Arithmetic overflow error converting numeric to data type numeric.', options);
  }
  if (/invalid (date|timestamp) field|date field value out of range/i.test(text)) {
    return new SqlError(241, 'Conversion failed when converting date and/or time from character string.', options);
  }
  if (/More than one row returned by a subquery/.test(text)) {
    const message =
      'Subquery returned more than 1 value. This is not permitted when the subquery follows =, !=, <, <= , >, >= or when the subquery is used as an expression.';
    return new SqlError(512, message, options);
  }
  if (/Out of Range Error/.test(text) && /date|timestamp|interval/i.test(text)) {
    return new SqlError(517, "Adding a value to a 'datetime2' column caused an overflow.", options);
  }
  if (/Out of Range Error/.test(text)) {
    if (/square root of a negative|logarithm/.test(text))
      return new SqlError(3623, 'An invalid floating point operation occurred.', options);
    return new SqlError(8115, 'Arithmetic overflow error converting expression to data type int.', options);
  }
  return undefined;
}

/** DuckDB appends a caret line to some messages. */
function trimContext(message: string): string {
  return message.split('\n\nLINE ')[0]!.trimEnd();
}
