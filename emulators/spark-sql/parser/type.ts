import { type DataType, decimal, type Field, type PrimitiveName, primitive } from '../../delta/data-type.ts';
import { notImplemented, SparkError } from '../spark-error.ts';
import type { Cursor } from './cursor.ts';

const names: Readonly<Record<string, PrimitiveName>> = {
  STRING: 'string',
  BIGINT: 'long',
  LONG: 'long',
  INT: 'integer',
  INTEGER: 'integer',
  SMALLINT: 'short',
  SHORT: 'short',
  TINYINT: 'byte',
  BYTE: 'byte',
  FLOAT: 'float',
  REAL: 'float',
  DOUBLE: 'double',
  BOOLEAN: 'boolean',
  BINARY: 'binary',
  DATE: 'date',
  TIMESTAMP: 'timestamp',
  TIMESTAMP_LTZ: 'timestamp',
  TIMESTAMP_NTZ: 'timestamp_ntz',
  VOID: 'void',
};

/** https://docs.databricks.com/sql/language-manual/sql-ref-datatypes.html */
export function parseType(cursor: Cursor): DataType {
  const token = cursor.next();
  const key = token.key;
  const name = names[key];
  if (name !== undefined) return primitive(name);
  if (key === 'DECIMAL' || key === 'DEC' || key === 'NUMERIC') {
    if (!cursor.take('(')) return decimal(10, 0);
    const precision = Number(cursor.next().text);
    const scale = cursor.take(',') ? Number(cursor.next().text) : 0;
    cursor.expect(')');
    if (!(precision >= 1 && precision <= 38 && scale >= 0 && scale <= precision))
      throw new SparkError(
        'DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION',
        `Decimal precision ${precision} or scale ${scale} is out of range; the maximum is 38.`,
        {
          at: token.at,
        },
      );
    return decimal(precision, scale);
  }
  if (key === 'ARRAY') return angled(cursor, () => ({ kind: 'array', element: parseType(cursor) }));
  if (key === 'MAP')
    return angled(cursor, () => {
      const keyType = parseType(cursor);
      cursor.expect(',');
      return { kind: 'map', key: keyType, value: parseType(cursor) };
    });
  if (key === 'STRUCT') return angled(cursor, () => ({ kind: 'struct', fields: cursor.list(() => field(cursor)) }));
  if (key === 'VARCHAR' || key === 'CHAR' || key === 'CHARACTER' || key === 'INTERVAL' || key === 'VARIANT')
    throw notImplemented(`the type ${token.text}`, token.at);
  throw new SparkError('UNSUPPORTED_DATATYPE', `Unsupported data type "${token.text.toUpperCase()}".`, {
    at: token.at,
    sqlState: '0A000',
  });
}

function angled(cursor: Cursor, inner: () => DataType): DataType {
  cursor.expect('<');
  const type = inner();
  cursor.expect('>');
  return type;
}

function field(cursor: Cursor): Field {
  const name = cursor.identifier();
  cursor.take(':');
  const type = parseType(cursor);
  const nullable = !cursor.take('NOT', 'NULL');
  const comment = cursor.take('COMMENT') ? cursor.string() : undefined;
  return { name, type, nullable, ...(comment === undefined ? {} : { comment }) };
}
