import type { SqlType } from '../../tsql/sql-type.ts';
import type { ColumnDefinition } from '../catalog.ts';
import type { Engine } from '../engine.ts';
import { type SystemView, sysname, view } from '../system-view.ts';
import { TYPE_NAMES, typeInfo } from '../type-info.ts';

/**
 * The views behind the catalog procedures (sp_columns, sp_datatype_info, ...): types as ODBC numbers and measures them.
 * https://learn.microsoft.com/sql/relational-databases/system-stored-procedures/sp-columns-transact-sql
 */

const int: SqlType = { name: 'int' };
const smallint: SqlType = { name: 'smallint' };
const tinyint: SqlType = { name: 'tinyint' };
const text: SqlType = { name: 'nvarchar', length: 4000 };

interface OdbcType {
  /** SQL_* code of ODBC 3, and of ODBC 2 where it differs. */
  readonly code: number;
  readonly code2?: number;
  /** SQL_DATETIME_SUB. */
  readonly sub?: number;
  /** What TDS calls the type where NULL is allowed, and where it is not. */
  readonly tds: readonly [nullable: number, required: number];
  readonly radix?: number;
  readonly prefix?: string;
  /** The facets that CREATE TABLE takes. */
  readonly params?: string;
}

const QUOTE = "'";

const TYPES: Readonly<Record<SqlType['name'], OdbcType>> = {
  bit: { code: -7, tds: [50, 50] },
  tinyint: { code: -6, tds: [38, 48], radix: 10 },
  smallint: { code: 5, tds: [38, 52], radix: 10 },
  int: { code: 4, tds: [38, 56], radix: 10 },
  bigint: { code: -5, tds: [108, 63], radix: 10 },
  decimal: { code: 3, tds: [106, 55], radix: 10, params: 'precision,scale' },
  money: { code: 3, tds: [110, 60], radix: 10, prefix: '$' },
  smallmoney: { code: 3, tds: [110, 122], radix: 10, prefix: '$' },
  float: { code: 6, tds: [109, 62], radix: 2 },
  real: { code: 7, tds: [109, 59], radix: 2 },
  char: { code: 1, tds: [39, 47], prefix: QUOTE, params: 'length' },
  varchar: { code: 12, tds: [39, 39], prefix: QUOTE, params: 'max length' },
  nchar: { code: -8, tds: [39, 39], prefix: `N${QUOTE}`, params: 'length' },
  nvarchar: { code: -9, tds: [39, 39], prefix: `N${QUOTE}`, params: 'max length' },
  binary: { code: -2, tds: [37, 45], prefix: '0x', params: 'length' },
  varbinary: { code: -3, tds: [37, 37], prefix: '0x', params: 'max length' },
  uniqueidentifier: { code: -11, tds: [37, 37], prefix: QUOTE },
  date: { code: 91, code2: -9, sub: 1, tds: [0, 0], prefix: QUOTE },
  time: { code: -154, code2: -9, tds: [0, 0], prefix: QUOTE, params: 'scale' },
  datetime2: { code: 93, code2: -9, sub: 3, tds: [0, 0], prefix: QUOTE, params: 'scale' },
  datetimeoffset: { code: -155, code2: -9, tds: [0, 0], prefix: QUOTE, params: 'scale' },
  datetime: { code: 93, code2: 11, sub: 3, tds: [111, 61], prefix: QUOTE },
  smalldatetime: { code: 93, code2: 11, sub: 3, tds: [111, 58], prefix: QUOTE },
};

const isCharacters = ({ name }: SqlType): boolean => TYPES[name].params?.includes('length') ?? false;

/** Characters, digits, or the width a value takes as text. */
function precision(type: SqlType): number {
  if (type.length === 'max') return type.name === 'nvarchar' ? 1_073_741_823 : 2_147_483_647;
  if (isCharacters(type)) return type.length ?? 1;
  return type.name === 'uniqueidentifier' ? 36 : typeInfo(type).precision;
}

/** Bytes of the C type that ODBC transfers: SQL_TIMESTAMP_STRUCT has 16, a decimal a byte per digit and two more. */
const STRUCTS: Readonly<Partial<Record<SqlType['name'], number>>> = {
  date: 6,
  time: 12,
  datetime: 16,
  smalldatetime: 16,
  datetime2: 16,
  datetimeoffset: 20,
};

function length(type: SqlType): number {
  if (type.length === 'max') return 2_147_483_647;
  const info = typeInfo(type);
  if (/^(decimal|money|smallmoney)$/.test(type.name)) return info.precision + 2;
  return STRUCTS[type.name] ?? info.bytes;
}

const hasScale = (type: SqlType): boolean => TYPES[type.name].radix === 10 || TYPES[type.name].sub === 3;
const scale = (type: SqlType): number | null =>
  hasScale(type) || type.name === 'time' || type.name === 'datetimeoffset' ? typeInfo(type).scale : null;

function columnRow(engine: Engine, schema: string, table: string, column: ColumnDefinition) {
  const { type, nullable } = column;
  const odbc = TYPES[type.name];
  return {
    TABLE_QUALIFIER: engine.database.name,
    TABLE_OWNER: schema,
    TABLE_NAME: table,
    COLUMN_NAME: column.name,
    DATA_TYPE: odbc.code,
    DATA_TYPE_2: odbc.code2 ?? odbc.code,
    TYPE_NAME: column.identity ? `${type.name}${type.name === 'decimal' ? '()' : ''} identity` : type.name,
    PRECISION: precision(type),
    LENGTH: length(type),
    SCALE: scale(type),
    RADIX: odbc.radix ?? null,
    NULLABLE: nullable ? 1 : 0,
    COLUMN_DEF: column.default ? `(${column.default.text})` : null,
    SQL_DATA_TYPE: odbc.sub === undefined ? odbc.code : 9,
    SQL_DATETIME_SUB: odbc.sub ?? null,
    CHAR_OCTET_LENGTH: isCharacters(type) ? length(type) : null,
    ORDINAL_POSITION: column.id,
    IS_NULLABLE: nullable ? 'YES' : 'NO',
    IS_IDENTITY: column.identity ? 1 : 0,
    SS_DATA_TYPE: odbc.tds[nullable ? 0 : 1],
  };
}

function typeRow(name: SqlType['name'], shown: string, identity: boolean) {
  const odbc = TYPES[name];
  const widest: SqlType =
    name === 'decimal' ? { name, precision: 38 } : { name, length: name.startsWith('n') ? 4000 : 8000 };
  const exact = odbc.radix === 10;
  return {
    TYPE_NAME: identity ? `${shown}${name === 'decimal' ? '()' : ''} identity` : shown,
    DATA_TYPE: shown === 'numeric' ? 2 : odbc.code,
    DATA_TYPE_2: shown === 'numeric' ? 2 : (odbc.code2 ?? odbc.code),
    PRECISION: precision(widest),
    LITERAL_PREFIX: odbc.prefix ?? null,
    LITERAL_SUFFIX: odbc.prefix?.endsWith(QUOTE) ? QUOTE : null,
    CREATE_PARAMS: odbc.params ?? null,
    NULLABLE: identity ? 0 : 1,
    CASE_SENSITIVE: 0,
    // SQL_SEARCHABLE, SQL_ALL_EXCEPT_LIKE
    SEARCHABLE: isCharacters(widest) || odbc.prefix === QUOTE ? 3 : 2,
    UNSIGNED_ATTRIBUTE: odbc.radix ? (name === 'tinyint' ? 1 : 0) : null,
    MONEY: name.endsWith('money') ? 1 : 0,
    AUTO_INCREMENT: odbc.radix ? (identity ? 1 : 0) : null,
    LOCAL_TYPE_NAME: identity ? `${shown} identity` : shown,
    MINIMUM_SCALE: exact || odbc.sub === 3 ? (odbc.params ? 0 : typeInfo(widest).scale) : null,
    MAXIMUM_SCALE: exact || odbc.sub === 3 ? (name === 'decimal' ? 38 : typeInfo(widest).scale) : null,
    SQL_DATA_TYPE: odbc.sub === undefined ? (shown === 'numeric' ? 2 : odbc.code) : 9,
    SQL_DATETIME_SUB: odbc.sub ?? null,
    NUM_PREC_RADIX: odbc.radix ?? null,
  };
}

const IDENTITY_TYPES = new Set<SqlType['name']>(['tinyint', 'smallint', 'int', 'bigint', 'decimal']);

export function views(): [string, SystemView][] {
  return [
    [
      'sys.spt_columns_odbc_view',
      view(
        {
          TABLE_QUALIFIER: sysname,
          TABLE_OWNER: sysname,
          TABLE_NAME: sysname,
          COLUMN_NAME: sysname,
          DATA_TYPE: smallint,
          DATA_TYPE_2: smallint,
          TYPE_NAME: sysname,
          PRECISION: int,
          LENGTH: int,
          SCALE: smallint,
          RADIX: smallint,
          NULLABLE: smallint,
          COLUMN_DEF: text,
          SQL_DATA_TYPE: smallint,
          SQL_DATETIME_SUB: smallint,
          CHAR_OCTET_LENGTH: int,
          ORDINAL_POSITION: int,
          IS_NULLABLE: { name: 'varchar', length: 254 },
          IS_IDENTITY: smallint,
          SS_DATA_TYPE: tinyint,
        },
        (engine) =>
          engine.catalog
            .relations()
            .flatMap((each) => each.columns.map((column) => columnRow(engine, each.schema, each.name, column))),
      ),
    ],
    [
      'sys.spt_datatype_info',
      view(
        {
          TYPE_NAME: sysname,
          DATA_TYPE: smallint,
          DATA_TYPE_2: smallint,
          PRECISION: int,
          LITERAL_PREFIX: { name: 'varchar', length: 32 },
          LITERAL_SUFFIX: { name: 'varchar', length: 32 },
          CREATE_PARAMS: { name: 'varchar', length: 32 },
          NULLABLE: smallint,
          CASE_SENSITIVE: smallint,
          SEARCHABLE: smallint,
          UNSIGNED_ATTRIBUTE: smallint,
          MONEY: smallint,
          AUTO_INCREMENT: smallint,
          LOCAL_TYPE_NAME: sysname,
          MINIMUM_SCALE: smallint,
          MAXIMUM_SCALE: smallint,
          SQL_DATA_TYPE: smallint,
          SQL_DATETIME_SUB: smallint,
          NUM_PREC_RADIX: int,
        },
        () =>
          TYPE_NAMES.flatMap((name) => [
            ...(name === 'decimal' ? ['decimal', 'numeric'] : [name]).map((shown) => typeRow(name, shown, false)),
            ...(IDENTITY_TYPES.has(name) ? [typeRow(name, name, true)] : []),
          ]),
      ),
    ],
  ];
}
