import sql from 'mssql';
import { ConfigurationError } from '../errors.ts';
import { openingOf, type ShopConfig } from '../shop/shop.ts';

interface IdentityRow {
  seed: string | number;
  opened_at: Date;
  orders_per_day: number;
  defect_rate: number;
}

/**
 * Notes in a database without a shop which one is loaded; holds every other batch to it. To be called under the lock that makes
 * batches begin one after another.
 * @throws ConfigurationError when the database holds another shop, naming what differs.
 */
export async function holdToShop(transaction: sql.Transaction, shop: ShopConfig): Promise<void> {
  const { recordset } = await new sql.Request(transaction).query<IdentityRow>(
    'SELECT seed, opened_at, orders_per_day, defect_rate FROM etl.shop_identity;',
  );
  const [held] = recordset;
  if (held === undefined) return note(transaction, shop);
  const differences = [
    { what: 'seed', held: Number(held.seed), asked: shop.seed },
    {
      what: 'openedAt',
      held: held.opened_at.toISOString(),
      asked: new Date(openingOf(shop)).toISOString(),
    },
    { what: 'ordersPerDay', held: held.orders_per_day, asked: shop.ordersPerDay },
    { what: 'defectRate', held: held.defect_rate, asked: shop.defectRate },
  ].filter((each) => each.held !== each.asked);
  if (differences.length === 0) return;
  const told = differences.map(({ what, held: is, asked }) => `${what} is ${is} there and ${asked} here`).join(', ');
  throw new ConfigurationError(
    `azure-sql: the database holds another shop: ${told}. A shop's history follows from these values; load it with the same, or begin a new one in an empty database.`,
  );
}

async function note(transaction: sql.Transaction, shop: ShopConfig): Promise<void> {
  await new sql.Request(transaction)
    .input('seed', sql.BigInt, shop.seed)
    .input('opened_at', sql.DateTime2(3), new Date(openingOf(shop)))
    .input('orders_per_day', sql.Int, shop.ordersPerDay)
    .input('defect_rate', sql.Float, shop.defectRate)
    .query(
      'INSERT INTO etl.shop_identity (only_row, seed, opened_at, orders_per_day, defect_rate) VALUES (1, @seed, @opened_at, @orders_per_day, @defect_rate);',
    );
}
