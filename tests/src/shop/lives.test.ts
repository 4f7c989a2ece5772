import { type TableName, tables } from '../../../src/shop/tables.ts';
import {
  applyTo,
  changesOf,
  day,
  type FlatChange,
  type Named,
  named,
  opened,
  type State,
  shop,
} from './shop-under-test.ts';

/** Everything that happens in 120 days, in the order of time. */
const clean = { ...shop, defectRate: 0, ordersPerDay: 40 };
const history: FlatChange[] = changesOf(clean, opened, opened + 120 * day).sort(
  (a, b) => a.at - b.at || a.version - b.version,
);
const cents = (value: unknown) => Math.round((value as number) * 100);
const lineCents = (line: Named) =>
  cents(line['unit_price']) * (line['quantity'] as number) - cents(line['discount_amount']);

const byTable = (table: TableName) => history.filter((change) => change.table === table);

/** Matchers cost more than what they look at here: offenders are collected, and one matcher shows them. */
const offenders = <T>(items: readonly T[], isWrong: (item: T) => boolean): T[] => items.filter(isWrong).slice(0, 5);

test('a row is inserted once, then changes version by version, and ends with its deletion', () => {
  const last = new Map<string, FlatChange>();
  const wrong = offenders(history, (change) => {
    const id = `${change.table} ${change.values[0]} ${change.table === 'injected_defect' ? change.values[1] : ''}`;
    const before = last.get(id);
    last.set(id, change);
    return (
      change.version !== (before?.version ?? 0) + 1 ||
      (change.operation === 'insert') !== (before === undefined) ||
      before?.operation === 'delete' ||
      (before !== undefined && before.at >= change.at)
    );
  });
  expect(wrong).toEqual([]);
  expect(last.size).toBeGreaterThan(10_000);
});

test('created_at is the insert, updated_at the change', () => {
  const created = new Map<string, number>();
  const wrong = offenders(history, (change) => {
    if (change.table === 'injected_defect' || change.operation === 'delete') return false;
    const id = `${change.table} ${change.values[0]}`;
    if (change.operation === 'insert') created.set(id, change.at);
    const row = named(change.table, change.values);
    return row['created_at'] !== created.get(id) || row['updated_at'] !== change.at;
  });
  expect(wrong).toEqual([]);
});

test('at every instant totals, payments and stages agree', () => {
  const state: State = new Map(tables.map(({ name }) => [name, new Map()]));
  const linesOf = new Map<number, Set<number>>();
  const paymentOf = new Map<number, number>();
  const wrong: unknown[] = [];
  let index = 0;
  let checked = 0;
  while (index < history.length) {
    const at = history[index]!.at;
    const touched = new Set<number>();
    for (; index < history.length && history[index]!.at === at; index++) {
      const change = history[index]!;
      const key = change.values[0] as number;
      const before = state.get(change.table as TableName)?.get(key);
      applyTo(state, change);
      if (change.table === 'orders') touched.add(key);
      if (change.table === 'order_items') {
        const orderId = (change.values[1] ?? before?.['order_id']) as number;
        const lines = linesOf.get(orderId) ?? new Set<number>();
        linesOf.set(orderId, lines);
        if (change.operation === 'delete') lines.delete(key);
        else lines.add(key);
        touched.add(orderId);
      }
      if (change.table === 'payments') {
        paymentOf.set(change.values[1] as number, key);
        touched.add(change.values[1] as number);
      }
    }
    for (const orderId of touched) {
      const order = state.get('orders')!.get(orderId)!;
      const lines = [...linesOf.get(orderId)!].map((id) => state.get('order_items')!.get(id)!);
      const payment = state.get('payments')!.get(paymentOf.get(orderId) ?? -1);
      const complaint = complain(order, lines, payment);
      if (complaint !== null) wrong.push({ complaint, at, order, lines, payment });
      checked++;
    }
  }
  expect(wrong.slice(0, 3)).toEqual([]);
  expect(checked).toBeGreaterThan(10_000);
});

/** What a payment may be by the status of its order. */
const settled: Record<string, readonly string[]> = {
  placed: ['authorized', 'failed'],
  cancelled: ['failed', 'captured', 'refunded'],
  returned: ['refunded'],
};

function complain(order: Named, lines: readonly Named[], payment: Named | undefined): string | null {
  const sum = lines.reduce((total, line) => total + lineCents(line), 0);
  if (lines.length === 0) return 'no lines';
  if (cents(order['total_amount']) !== sum + cents(order['shipping_amount'])) return 'total';
  if (payment !== undefined && payment['amount'] !== order['total_amount']) return 'payment amount';
  if (
    payment !== undefined &&
    !(settled[order['status'] as string] ?? ['captured']).includes(payment['status'] as string)
  )
    return 'payment status';
  const stages = ['placed_at', 'paid_at', 'shipped_at', 'delivered_at', 'cancelled_at'].map((name) => order[name]);
  const reached = stages.filter((value) => value !== null) as number[];
  return reached.every((value, index) => index === 0 || reached[index - 1]! < value) ? null : 'stages';
}

test('orders take every path of their life', () => {
  const paths = new Map<number, string[]>();
  for (const change of byTable('orders')) {
    const row = named('orders', change.values);
    const path = paths.get(row['order_id'] as number) ?? [];
    paths.set(row['order_id'] as number, path);
    if (path.at(-1) !== row['status']) path.push(row['status'] as string);
  }
  const seen = new Set([...paths.values()].map((path) => path.join(' ')));
  expect([...seen].sort()).toEqual([
    'placed',
    'placed cancelled',
    'placed paid',
    'placed paid cancelled',
    'placed paid shipped',
    'placed paid shipped delivered',
    'placed paid shipped delivered returned',
  ]);
});

test('a returned line was delivered, and no more comes back or is refunded than was bought', () => {
  const state: State = new Map();
  let returns = 0;
  for (const change of history) {
    applyTo(state, change);
    if (change.table !== 'returns') continue;
    const row = named('returns', change.values);
    const line = state.get('order_items')!.get(row['order_item_id'] as number)!;
    const order = state.get('orders')!.get(line['order_id'] as number)!;
    expect(order['delivered_at']).not.toBeNull();
    expect(row['quantity']).toBeGreaterThan(0);
    expect(row['quantity']).toBeLessThanOrEqual(line['quantity'] as number);
    expect(cents(row['refund_amount'])).toBeLessThanOrEqual(lineCents(line));
    returns++;
  }
  expect(returns).toBeGreaterThan(100);
});

test('lines are dropped before anything is captured or shipped, and never all of them', () => {
  const state: State = new Map();
  let dropped = 0;
  for (const change of history) {
    if (change.table === 'order_items' && change.operation === 'delete') {
      const line = state.get('order_items')!.get(change.values[0] as number)!;
      const order = state.get('orders')!.get(line['order_id'] as number)!;
      expect(order['status']).toBe('placed');
      dropped++;
    }
    applyTo(state, change);
  }
  expect(dropped).toBeGreaterThan(20);
});

test('whoever orders has signed up and is not erased; what is sold is on sale, at the price of the moment', () => {
  const state: State = new Map();
  const erased = new Set<number>();
  const wrong: unknown[] = [];
  let ordersOfErased = 0;
  for (const change of history) {
    applyTo(state, change);
    if (change.table === 'customers' && change.operation === 'delete') erased.add(change.values[0] as number);
    if (change.table === 'orders') {
      const customer = change.values[1] as number;
      if (change.operation !== 'insert') ordersOfErased += erased.has(customer) ? 1 : 0;
      else if (!state.get('customers')!.has(customer)) wrong.push(change);
    }
    if (change.table === 'order_items' && change.operation === 'insert') {
      const line = named('order_items', change.values);
      const product = state.get('products')!.get(line['product_id'] as number);
      if (product?.['is_active'] !== true || product['unit_price'] !== line['unit_price'])
        wrong.push({ line, product });
    }
  }
  expect(wrong.slice(0, 3)).toEqual([]);
  expect(erased.size).toBeGreaterThan(5);
  expect(ordersOfErased).toBeGreaterThan(0);
});

test('customers move, change their address, opt in and out; products change price and leave', () => {
  const changed = new Set<string>();
  const state: State = new Map();
  for (const change of history) {
    if ((change.table === 'customers' || change.table === 'products') && change.operation === 'update') {
      const before = state.get(change.table)!.get(change.values[0] as number)!;
      const after = named(change.table, change.values);
      for (const name of Object.keys(after)) if (after[name] !== before[name]) changed.add(`${change.table}.${name}`);
    }
    applyTo(state, change);
  }
  expect([...changed].sort()).toEqual([
    'customers.city',
    'customers.email',
    'customers.last_name',
    'customers.marketing_opt_in',
    'customers.phone',
    'customers.postal_code',
    'customers.street',
    'customers.updated_at',
    'products.is_active',
    'products.unit_price',
    'products.updated_at',
  ]);
});

test('keys are unique, and so are e-mail addresses, SKUs and payment references', () => {
  const unique = (table: TableName, column: string) => {
    const values = byTable(table)
      .filter((change) => change.operation === 'insert')
      .map((change) => named(table, change.values)[column]);
    expect([table, column, new Set(values).size]).toEqual([table, column, values.length]);
  };
  unique('customers', 'email');
  unique('products', 'sku');
  unique('payments', 'provider_reference');
  unique('shipments', 'tracking_number');
});

test('sales are skewed: a tenth of the products makes a large part, and some customers come back often', () => {
  const share = (table: TableName, column: string) => {
    const counts = new Map<unknown, number>();
    for (const change of byTable(table))
      if (change.operation === 'insert') {
        const value = named(table, change.values)[column];
        counts.set(value, (counts.get(value) ?? 0) + 1);
      }
    const sorted = [...counts.values()].sort((a, b) => b - a);
    const top = sorted.slice(0, Math.ceil(sorted.length / 10)).reduce((sum, count) => sum + count, 0);
    return top / sorted.reduce((sum, count) => sum + count, 0);
  };
  expect(share('order_items', 'product_id')).toBeGreaterThan(0.4);
  expect(share('orders', 'customer_id')).toBeGreaterThan(0.2);
});
