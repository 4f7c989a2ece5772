/**
 * The tables of the shop, once: the generator's rows follow these columns in order, the bulk load takes its types from here, and
 * a test holds `sql/schema/` against it.
 */

export type ColumnType =
  | { readonly kind: 'bigint' | 'int' | 'smallint' | 'bit' }
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly kind: 'char' | 'varchar' | 'nvarchar'; readonly length: number }
  | { readonly kind: 'datetime2'; readonly scale: number };

export interface ColumnDefinition {
  readonly name: string;
  readonly type: ColumnType;
  readonly nullable: boolean;
}

export interface TableDefinition {
  readonly name: TableName;
  /** The primary key: always the first column, a bigint. */
  readonly key: string;
  readonly columns: readonly ColumnDefinition[];
}

/** decimal as number with its scale; bit as boolean; datetime2 as epoch milliseconds (UTC); the rest as they are. */
export type Value = number | string | boolean | null;
export type Row = readonly Value[];

const bigint: ColumnType = { kind: 'bigint' };
const int: ColumnType = { kind: 'int' };
const smallint: ColumnType = { kind: 'smallint' };
const bit: ColumnType = { kind: 'bit' };
const instant: ColumnType = { kind: 'datetime2', scale: 3 };
const decimal = (precision: number, scale: number): ColumnType => ({ kind: 'decimal', precision, scale });
const char = (length: number): ColumnType => ({ kind: 'char', length });
const varchar = (length: number): ColumnType => ({ kind: 'varchar', length });
const nvarchar = (length: number): ColumnType => ({ kind: 'nvarchar', length });

const required = (name: string, type: ColumnType): ColumnDefinition => ({ name, type, nullable: false });
const optional = (name: string, type: ColumnType): ColumnDefinition => ({ name, type, nullable: true });
const audit = [required('created_at', instant), required('updated_at', instant)];

const definitions = {
  customers: [
    required('customer_id', bigint),
    optional('email', nvarchar(320)),
    required('first_name', nvarchar(100)),
    required('last_name', nvarchar(100)),
    optional('phone', varchar(40)),
    optional('street', nvarchar(200)),
    optional('city', nvarchar(100)),
    optional('postal_code', nvarchar(20)),
    required('country_code', char(2)),
    required('marketing_opt_in', bit),
  ],
  products: [
    required('product_id', bigint),
    required('sku', varchar(40)),
    required('name', nvarchar(200)),
    required('category', nvarchar(60)),
    required('unit_price', decimal(10, 2)),
    required('unit_cost', decimal(10, 2)),
    required('is_active', bit),
  ],
  orders: [
    required('order_id', bigint),
    required('customer_id', bigint),
    required('status', varchar(20)),
    required('currency', char(3)),
    required('shipping_amount', decimal(10, 2)),
    required('total_amount', decimal(12, 2)),
    required('placed_at', instant),
    optional('paid_at', instant),
    optional('shipped_at', instant),
    optional('delivered_at', instant),
    optional('cancelled_at', instant),
  ],
  order_items: [
    required('order_item_id', bigint),
    required('order_id', bigint),
    required('product_id', bigint),
    required('line_number', smallint),
    required('quantity', int),
    required('unit_price', decimal(10, 2)),
    required('discount_amount', decimal(10, 2)),
  ],
  payments: [
    required('payment_id', bigint),
    required('order_id', bigint),
    required('method', varchar(20)),
    required('status', varchar(20)),
    required('amount', decimal(12, 2)),
    optional('provider_reference', varchar(64)),
  ],
  shipments: [
    required('shipment_id', bigint),
    required('order_id', bigint),
    required('carrier', nvarchar(60)),
    optional('tracking_number', varchar(40)),
    required('status', varchar(20)),
    required('shipped_at', instant),
    optional('delivered_at', instant),
  ],
  returns: [
    required('return_id', bigint),
    required('order_item_id', bigint),
    required('reason', varchar(40)),
    required('quantity', int),
    required('refund_amount', decimal(10, 2)),
    required('status', varchar(20)),
    required('requested_at', instant),
  ],
} satisfies Record<string, readonly ColumnDefinition[]>;

export type TableName = keyof typeof definitions;

/** The shop's tables, parents before children: inserts go in this order, deletes in the reverse. */
export const tables: readonly TableDefinition[] = Object.entries(definitions).map(([name, columns]) => ({
  name: name as TableName,
  key: columns[0]!.name,
  columns: [...columns, ...audit],
}));

/** The definition of one table. */
export function tableOf(name: TableName): TableDefinition {
  return tables.find((table) => table.name === name)!;
}

/** Columns of the ledger as the generator fills it; the load adds the batch. */
export const ledgerColumns: readonly ColumnDefinition[] = [
  required('table_name', varchar(128)),
  required('row_key', bigint),
  required('defect', varchar(30)),
  required('column_name', varchar(128)),
];

/** A type as T-SQL writes it, such as `decimal(10,2)`. */
export function sqlTypeText(type: ColumnType): string {
  switch (type.kind) {
    case 'decimal':
      return `decimal(${type.precision},${type.scale})`;
    case 'datetime2':
      return `datetime2(${type.scale})`;
    case 'char':
    case 'varchar':
    case 'nvarchar':
      return `${type.kind}(${type.length})`;
    default:
      return type.kind;
  }
}
