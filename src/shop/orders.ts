import type { ChangeSink } from './changes.ts';
import type { Customers } from './customers.ts';
import { type Defect, damageText, defectOf, impossibleQuantity } from './defects.ts';
import type { Demand } from './demand.ts';
import { lineCount, longestLifeWithoutReturn, mayReturn, type OrderLife, orderLife } from './order-life.ts';
import { type Catalogue, priceAt } from './products.ts';
import { between, draw, kinds, pick, pickWeighted, stream } from './random.ts';
import { DAY, fromCents, type ShopConfig } from './shop.ts';
import type { Value } from './tables.ts';

/** An order and everything that hangs on it: lines, payment, shipment, returns. */
export interface Orders {
  /** Writes the changes in the sink's window of some orders of one day, by their index (from 0) in it. */
  write(sink: ChangeSink, day: number, first: number, last: number): void;
}

/** The shop bills in euro everywhere, so that amounts add up without rates of exchange. */
const currency = 'EUR';
const shippingCents = 490;
const freeShippingFrom = 5900;

/**
 * Keys are built from the order's, ten to an order: lines take 1 to 5, the payment 6 and its duplicate 7, the shipment 8. A
 * return takes its line's key times ten.
 */
const keyOf = { payment: 6, duplicate: 7, shipment: 8 };

const carriers: readonly (readonly [string, number])[] = [
  ['DHL', 38],
  ['DPD', 22],
  ['GLS', 16],
  ['UPS', 14],
  ['FEDEX', 10],
];
const reasons = ['too_small', 'too_large', 'damaged', 'not_as_described', 'wrong_item', 'changed_mind', 'late'];
const quantities: readonly (readonly [number, number])[] = [
  [1, 74],
  [2, 17],
  [3, 5],
  [4, 3],
  [6, 1],
];

const aspect = { carrier: 40, shipmentRef: 41, paymentRef: 42, droppedLine: 43, returnedLine: 44 };
const lineAspect = { product: 0, quantity: 1, discounted: 2, discount: 3, retry: 4 };
const returnAspect = { reason: 0, quantity: 1 };

interface Line {
  readonly id: number;
  readonly number: number;
  readonly productId: number;
  readonly quantity: number;
  readonly unitCents: number;
  readonly discountCents: number;
  readonly amountCents: number;
  readonly dropped: boolean;
  readonly defect: Defect | null;
}

export function createOrders(shop: ShopConfig, demand: Demand, catalogue: Catalogue, customers: Customers): Orders {
  function lines(order: number, orderId: number, life: OrderLife, dayStart: number): Line[] {
    const count = lineCount(order);
    const dropped = life.lineDroppedAt === null ? -1 : Math.floor(draw(order, aspect.droppedLine) * count);
    const made: Line[] = [];
    for (let index = 0; index < count; index++) {
      const id = orderId * 10 + index + 1;
      const entity = stream(shop.seed, kinds.orderLine, id);
      let product = catalogue.choose(dayStart, dayStart + DAY, draw(entity, lineAspect.product));
      // One order lists a product once; popular products make that a matter of a few tries.
      for (let attempt = 0; attempt < 20 && made.some((line) => line.productId === product.id); attempt++)
        product = catalogue.choose(dayStart, dayStart + DAY, draw(entity, lineAspect.retry + attempt));
      const quantity = pickWeighted(quantities, entity, lineAspect.quantity);
      const unitCents = priceAt(product, life.placedAt);
      const gross = quantity * unitCents;
      const discountCents =
        draw(entity, lineAspect.discounted) < 0.16
          ? Math.round((gross * between(entity, lineAspect.discount, 1, 5) * 5) / 100)
          : 0;
      made.push({
        id,
        number: index + 1,
        productId: product.id,
        quantity,
        unitCents,
        discountCents,
        amountCents: gross - discountCents,
        dropped: index === dropped,
        defect: defectOf(shop, 'order_items', id, index !== dropped),
      });
    }
    return made;
  }

  function writeOrder(sink: ChangeSink, day: number, index: number): void {
    const orderId = demand.ordersBefore(day) + index + 1;
    const order = stream(shop.seed, kinds.order, orderId);
    const placedAt = demand.orderTime(day, index);
    if (placedAt > sink.window.to) return;
    if (placedAt + longestLifeWithoutReturn <= sink.window.from && !mayReturn(order)) return;
    const life = orderLife(order, placedAt);
    // A duplicate payment may be reported after the order's own life has ended.
    if (life.lastAt <= sink.window.from && life.duplicatedAt <= sink.window.from) return;

    const all = lines(order, orderId, life, demand.startOf(day));
    const kept = all.filter((line) => !line.dropped);
    const orderedCents = all.reduce((sum, line) => sum + line.amountCents, 0);
    const keptCents = kept.reduce((sum, line) => sum + line.amountCents, 0);
    // What is charged for shipping is settled when the order is placed.
    const shipping = orderedCents >= freeShippingFrom ? 0 : shippingCents;
    // Only clean lines come back: a bad line is quarantined, and a return of it would hang in the air.
    const returnable = kept.filter((line) => line.defect === null);
    const whole = life.return?.whole === true && returnable.length === kept.length;

    writeHeader(sink, order, orderId, life, shipping, orderedCents, keptCents, whole);
    writeLines(sink, orderId, life, all);
    writePayment(sink, order, orderId, life, shipping + orderedCents, shipping + keptCents, whole);
    if (life.shippedAt !== null) writeShipment(sink, order, orderId, life.shippedAt, life.deliveredAt);
    if (life.return !== null && returnable.length > 0)
      for (const line of whole ? returnable : [pick(returnable, order, aspect.returnedLine)])
        writeReturn(sink, line, life.return, whole);
  }

  function writeHeader(
    sink: ChangeSink,
    order: number,
    orderId: number,
    life: OrderLife,
    shipping: number,
    orderedCents: number,
    keptCents: number,
    whole: boolean,
  ): void {
    const defect = defectOf(shop, 'orders', orderId);
    const customerId = customers.choose(order, life.placedAt);
    const billed = damageText(shop, 'orders', orderId, defect, currency);
    let cents = orderedCents;
    const row = (status: string, at: number): Value[] => [
      orderId,
      customerId,
      status,
      billed,
      fromCents(shipping),
      fromCents(shipping + cents),
      life.placedAt,
      life.paidAt !== null && life.paidAt <= at ? life.paidAt : null,
      life.shippedAt !== null && life.shippedAt <= at ? life.shippedAt : null,
      life.deliveredAt !== null && life.deliveredAt <= at ? life.deliveredAt : null,
      life.cancelledAt !== null && life.cancelledAt <= at ? life.cancelledAt : null,
      life.placedAt,
      at,
    ];
    let version = 1;
    const update = (at: number | null, status: string) => {
      if (at !== null) sink.update('orders', ++version, at, row(status, at));
    };
    sink.defect('orders', life.placedAt, orderId, defect);
    sink.insert('orders', life.placedAt, row('placed', life.placedAt));
    cents = keptCents;
    update(life.lineDroppedAt, 'placed');
    update(life.paidAt, 'paid');
    update(life.cancelledAt, 'cancelled');
    update(life.shippedAt, 'shipped');
    update(life.deliveredAt, 'delivered');
    if (whole) update(life.return!.refundedAt, 'returned');
  }

  function writeLines(sink: ChangeSink, orderId: number, life: OrderLife, all: readonly Line[]): void {
    for (const line of all) {
      sink.defect('order_items', life.placedAt, line.id, line.defect);
      sink.insert('order_items', life.placedAt, [
        line.id,
        orderId,
        line.defect === 'product_orphan' ? -line.productId : line.productId,
        line.number,
        line.defect === 'quantity_impossible' ? impossibleQuantity(shop, line.id) : line.quantity,
        fromCents(line.unitCents),
        fromCents(line.discountCents),
        life.placedAt,
        life.placedAt,
      ]);
      if (line.dropped) sink.delete('order_items', 2, life.lineDroppedAt!, line.id);
    }
  }

  function writePayment(
    sink: ChangeSink,
    order: number,
    orderId: number,
    life: OrderLife,
    orderedCents: number,
    keptCents: number,
    whole: boolean,
  ): void {
    const id = orderId * 10 + keyOf.payment;
    const defect = defectOf(shop, 'payments', id);
    const reference = `pay_${orderId.toString(36).padStart(7, '0')}${hex(order, aspect.paymentRef)}`;
    const owner = defect === 'order_orphan' ? -orderId : orderId;
    const row = (key: number, status: string, cents: number, created: number, at: number): Value[] => [
      key,
      owner,
      life.method,
      status,
      fromCents(cents),
      reference,
      created,
      at,
    ];
    let version = 1;
    const update = (at: number | null, status: string) => {
      if (at !== null) sink.update('payments', ++version, at, row(id, status, keptCents, life.authorizedAt, at));
    };
    if (defect === 'order_orphan') sink.defect('payments', life.authorizedAt, id, defect);
    sink.insert(
      'payments',
      life.authorizedAt,
      row(id, 'authorized', orderedCents, life.authorizedAt, life.authorizedAt),
    );
    update(life.lineDroppedAt, 'authorized');
    update(life.paymentFailedAt, 'failed');
    update(life.paidAt, 'captured');
    update(life.paymentRefundedAt, 'refunded');
    if (whole) update(life.return!.refundedAt, 'refunded');

    if (defect === 'duplicate') {
      // The provider reports the settled payment once more, under a new key; the ledger names that later row.
      const key = orderId * 10 + keyOf.duplicate;
      const status = life.paymentFailedAt === null ? 'captured' : 'failed';
      sink.defect('payments', life.duplicatedAt, key, defect);
      sink.insert('payments', life.duplicatedAt, row(key, status, keptCents, life.duplicatedAt, life.duplicatedAt));
    }
  }

  function writeShipment(
    sink: ChangeSink,
    order: number,
    orderId: number,
    shippedAt: number,
    deliveredAt: number | null,
  ): void {
    const id = orderId * 10 + keyOf.shipment;
    const defect = defectOf(shop, 'shipments', id);
    const carrier = pickWeighted(carriers, order, aspect.carrier);
    const named = damageText(shop, 'shipments', id, defect, carrier);
    const tracking = `${carrier}${orderId.toString(36).toUpperCase().padStart(7, '0')}${hex(order, aspect.shipmentRef).toUpperCase()}`;
    const row = (status: string, delivered: number | null, at: number): Value[] => [
      id,
      orderId,
      named,
      tracking,
      status,
      shippedAt,
      delivered,
      shippedAt,
      at,
    ];
    sink.defect('shipments', shippedAt, id, defect);
    sink.insert('shipments', shippedAt, row('in_transit', null, shippedAt));
    if (deliveredAt !== null) sink.update('shipments', 2, deliveredAt, row('delivered', deliveredAt, deliveredAt));
  }

  function writeReturn(sink: ChangeSink, line: Line, life: NonNullable<OrderLife['return']>, whole: boolean): void {
    const id = line.id * 10;
    const entity = stream(shop.seed, kinds.return, line.id);
    const defect = defectOf(shop, 'returns', id);
    const quantity = whole ? line.quantity : between(entity, returnAspect.quantity, 1, line.quantity);
    const refund = Math.floor((line.amountCents * quantity) / line.quantity);
    const reason = pick(reasons, entity, returnAspect.reason);
    const item = defect === 'item_orphan' ? -line.id : line.id;
    const row = (status: string, at: number): Value[] => [
      id,
      item,
      reason,
      quantity,
      fromCents(refund),
      status,
      life.requestedAt,
      life.requestedAt,
      at,
    ];
    sink.defect('returns', life.requestedAt, id, defect);
    sink.insert('returns', life.requestedAt, row('requested', life.requestedAt));
    sink.update('returns', 2, life.refundedAt, row('refunded', life.refundedAt));
  }

  return {
    write(sink, day, first, last) {
      for (let index = first; index <= last; index++) writeOrder(sink, day, index);
    },
  };
}

/** Eight hexadecimal digits. */
function hex(entity: number, aspect: number): string {
  return Math.floor(draw(entity, aspect) * 0x100000000)
    .toString(16)
    .padStart(8, '0');
}
