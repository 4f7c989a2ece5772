import { type DataType, decimal, type Field, type PrimitiveName, primitive } from './data-type.ts';
import { DeltaError } from './delta-error.ts';

/** Schema serialization format: https://github.com/delta-io/delta/blob/master/PROTOCOL.md#schema-serialization-format */

const primitives: ReadonlySet<string> = new Set<PrimitiveName>([
  'string',
  'long',
  'integer',
  'short',
  'byte',
  'float',
  'double',
  'boolean',
  'binary',
  'date',
  'timestamp',
  'timestamp_ntz',
  'void',
]);

type JsonType = string | { type: string; [key: string]: unknown };

/** Reads `metaData.schemaString`. */
export function parseSchema(schemaString: string): readonly Field[] {
  const type = parseType(JSON.parse(schemaString) as JsonType);
  if (type.kind !== 'struct')
    throw new DeltaError('DELTA_SCHEMA_NOT_SET', `Table schema is not a struct: ${schemaString}`);
  return type.fields;
}

function parseType(json: JsonType): DataType {
  if (typeof json === 'string') {
    if (primitives.has(json)) return primitive(json as PrimitiveName);
    const match = /^decimal(?:\((\d+),\s*(\d+)\))?$/.exec(json);
    if (match !== null) return decimal(Number(match[1] ?? 10), Number(match[2] ?? 0));
    throw new DeltaError('DELTA_UNSUPPORTED_DATA_TYPES', `Found columns using unsupported data types: ${json}.`);
  }
  if (json.type === 'struct')
    return {
      kind: 'struct',
      fields: (
        json['fields'] as { name: string; type: JsonType; nullable: boolean; metadata?: { comment?: string } }[]
      ).map((field) => ({
        name: field.name,
        type: parseType(field.type),
        nullable: field.nullable,
        ...(field.metadata?.comment === undefined ? {} : { comment: field.metadata.comment }),
      })),
    };
  if (json.type === 'array') return { kind: 'array', element: parseType(json['elementType'] as JsonType) };
  if (json.type === 'map')
    return {
      kind: 'map',
      key: parseType(json['keyType'] as JsonType),
      value: parseType(json['valueType'] as JsonType),
    };
  throw new DeltaError('DELTA_UNSUPPORTED_DATA_TYPES', `Found columns using unsupported data types: ${json.type}.`);
}

/** Writes `metaData.schemaString`. */
export function printSchema(fields: readonly Field[]): string {
  return JSON.stringify(printType({ kind: 'struct', fields }));
}

function printType(type: DataType): JsonType {
  switch (type.kind) {
    case 'decimal':
      return `decimal(${type.precision},${type.scale})`;
    case 'array':
      return { type: 'array', elementType: printType(type.element), containsNull: true };
    case 'map':
      return { type: 'map', keyType: printType(type.key), valueType: printType(type.value), valueContainsNull: true };
    case 'struct':
      return {
        type: 'struct',
        fields: type.fields.map((field) => ({
          name: field.name,
          type: printType(field.type),
          nullable: field.nullable,
          metadata: field.comment === undefined ? {} : { comment: field.comment },
        })),
      };
    default:
      return type.kind;
  }
}

/**
 * Names that Parquet readers other than Delta's own cannot hold, refused without column mapping:
 * https://docs.databricks.com/error-messages/error-classes.html#delta_invalid_characters_in_column_names
 */
export function checkSchema(fields: readonly Field[]): void {
  const seen = new Set<string>();
  for (const field of fields) {
    if (/[ ,;{}()\n\t=]/.test(field.name))
      throw new DeltaError(
        'DELTA_INVALID_CHARACTERS_IN_COLUMN_NAMES',
        `Found invalid character(s) among ' ,;{}()\\n\\t=' in the column names of your schema. Invalid column names: ${field.name}.`,
      );
    const name = field.name.toLowerCase();
    if (seen.has(name))
      throw new DeltaError(
        'DELTA_DUPLICATE_COLUMNS_FOUND',
        `Found duplicate column(s) in the table schema: ${field.name}.`,
      );
    seen.add(name);
    if (field.type.kind === 'timestamp_ntz' || field.type.kind === 'void' || field.type.kind === 'interval')
      throw new DeltaError(
        'DELTA_UNSUPPORTED_DATA_TYPES',
        `Column ${field.name} has the type ${field.type.kind}, which needs a table feature beyond reader version 1 that this project's ` +
          'readers do not share. Cast it, for example to TIMESTAMP.',
      );
  }
}
