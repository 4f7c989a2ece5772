import { between, draw, kinds, pick, stream } from './random.ts';
import type { ShopConfig } from './shop.ts';
import type { TableName } from './tables.ts';

/**
 * Defects: which rows carry which, and what they do to a value. A row has at most one and keeps it over all its versions; rows
 * that will be deleted have none (their lives ask with `survives` false). What silver makes of each is in docs/architecture.md.
 */
export type Defect =
  | 'email_case'
  | 'email_space'
  | 'email_invalid'
  | 'email_missing'
  | 'name_space'
  | 'quantity_impossible'
  | 'product_orphan'
  | 'duplicate'
  | 'order_orphan'
  | 'item_orphan'
  | 'carrier_case'
  | 'currency_case';

/** The defects a table's rows may have. */
export const defectsOf: Readonly<Partial<Record<TableName, readonly Defect[]>>> = {
  customers: ['email_case', 'email_space', 'email_invalid', 'email_missing'],
  products: ['name_space'],
  orders: ['currency_case'],
  order_items: ['quantity_impossible', 'product_orphan'],
  payments: ['duplicate', 'order_orphan'],
  shipments: ['carrier_case'],
  returns: ['item_orphan'],
};

/** The column the ledger names for a defect. */
export const columnOf: Readonly<Record<Defect, string>> = {
  email_case: 'email',
  email_space: 'email',
  email_invalid: 'email',
  email_missing: 'email',
  name_space: 'name',
  quantity_impossible: 'quantity',
  product_orphan: 'product_id',
  duplicate: 'provider_reference',
  order_orphan: 'order_id',
  item_orphan: 'order_item_id',
  carrier_case: 'carrier',
  currency_case: 'currency',
};

const tableNumbers: Readonly<Record<TableName, number>> = {
  customers: 1,
  products: 2,
  orders: 3,
  order_items: 4,
  payments: 5,
  shipments: 6,
  returns: 7,
};

const aspect = { has: 0, which: 1, shape: 2, amount: 3 };

/** The stream of a row's defect; tables must not share one, or the same ids would be bad in all of them. */
function rowStream(shop: ShopConfig, table: TableName, key: number): number {
  return stream(shop.seed ^ Math.imul(tableNumbers[table], 0x27d4eb2f), kinds.defect, key);
}

/** The defect of a row, or null. */
export function defectOf(shop: ShopConfig, table: TableName, key: number, survives = true): Defect | null {
  if (!survives || shop.defectRate === 0) return null;
  const entity = rowStream(shop, table, key);
  if (draw(entity, aspect.has) >= shop.defectRate) return null;
  const possible = defectsOf[table];
  return possible === undefined ? null : pick(possible, entity, aspect.which);
}

/** A text with its defect. The same row and text always come out the same. */
export function damageText(
  shop: ShopConfig,
  table: TableName,
  key: number,
  defect: Defect | null,
  text: string,
): string | null {
  if (defect === null) return text;
  const shape = between(rowStream(shop, table, key), aspect.shape, 0, 2);
  switch (defect) {
    case 'email_case':
      return shape === 0 ? text.toUpperCase() : shape === 1 ? capitalise(text) : upperDomain(text);
    case 'email_space':
      return shape === 0 ? ` ${text}` : shape === 1 ? `${text} ` : `  ${text} `;
    case 'email_invalid':
      return text.replace('@', shape === 0 ? '' : shape === 1 ? '.' : ' at ');
    case 'email_missing':
      return null;
    case 'name_space':
      return shape === 0 ? ` ${text}` : shape === 1 ? `${text}  ` : text.replace(' ', '  ');
    case 'carrier_case':
    case 'currency_case':
      return shape === 0 ? text.toLowerCase() : capitalise(text.toLowerCase());
    default:
      return text;
  }
}

/** Zero, negative, or above a thousand. */
export function impossibleQuantity(shop: ShopConfig, key: number): number {
  const entity = rowStream(shop, 'order_items', key);
  const shape = between(entity, aspect.shape, 0, 2);
  if (shape === 0) return 0;
  return shape === 1 ? -between(entity, aspect.amount, 1, 9) : between(entity, aspect.amount, 1001, 99999);
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function upperDomain(text: string): string {
  const at = text.indexOf('@');
  return text.slice(0, at) + text.slice(at).toUpperCase();
}
