import { between, draw, exponential, pickWeighted } from './random.ts';
import { DAY, HOUR, MINUTE, SECOND } from './shop.ts';

/**
 * When the stages of an order's life happen: drawn from the order's own stream, without looking at its lines, so that an order
 * which does not concern a window is put aside after a few draws.
 */
export interface OrderLife {
  readonly placedAt: number;
  readonly method: PaymentMethod;
  readonly authorizedAt: number;
  /** A line is taken out while the payment is only authorized; null when the order has one line or nothing is dropped. */
  readonly lineDroppedAt: number | null;
  readonly paidAt: number | null;
  readonly paymentFailedAt: number | null;
  readonly cancelledAt: number | null;
  readonly shippedAt: number | null;
  readonly deliveredAt: number | null;
  /** The customer sends something back: all of it, or some of one line. */
  readonly return: { readonly requestedAt: number; readonly refundedAt: number; readonly whole: boolean } | null;
  /** The payment goes back after a cancellation; a whole return pays back at `return.refundedAt`. */
  readonly paymentRefundedAt: number | null;
  /** When the provider reports a payment a second time, if it does. */
  readonly duplicatedAt: number;
  readonly lastAt: number;
}

export type PaymentMethod = 'card' | 'paypal' | 'klarna' | 'apple_pay' | 'bank_transfer';

/** No order's life is longer: a window looks back this far for the orders it concerns. */
export const longestLife = 45 * DAY;
/** Nor that of an order of which nothing comes back. */
export const longestLifeWithoutReturn = 14 * DAY;

const methods: readonly (readonly [PaymentMethod, number])[] = [
  ['card', 46],
  ['paypal', 26],
  ['klarna', 13],
  ['apple_pay', 9],
  ['bank_transfer', 6],
];

/** Aspects 0 (time within the day) and 99 upwards (choice of the customer) of the stream are used elsewhere. */
const aspect = {
  path: 1,
  method: 2,
  authorize: 3,
  drop: 4,
  pay: 5,
  cancel: 6,
  ship: 7,
  deliver: 8,
  returned: 9,
  request: 10,
  refund: 11,
  lines: 12,
  duplicate: 13,
};

const returnChance = 0.08;
const wholeReturnChance = 0.35;
const dropChance = 0.03;

/** Number of lines as ordered, 1 to 5. */
export function lineCount(order: number): number {
  const share = draw(order, aspect.lines);
  return share < 0.42 ? 1 : share < 0.71 ? 2 : share < 0.87 ? 3 : share < 0.96 ? 4 : 5;
}

/** Whether the order is one of which something will come back if it arrives: known before its times are. */
export function mayReturn(order: number): boolean {
  return draw(order, aspect.returned) < returnChance;
}

/** The life of the order with this stream, placed at `placedAt`. */
export function orderLife(order: number, placedAt: number): OrderLife {
  const method = pickWeighted(methods, order, aspect.method);
  const authorizedAt = placedAt + between(order, aspect.authorize, 1 * SECOND, 90 * SECOND);
  const paying =
    method === 'bank_transfer'
      ? 8 * HOUR + exponential(order, aspect.pay, 18 * HOUR, 64 * HOUR)
      : 10 * MINUTE + exponential(order, aspect.pay, 12 * MINUTE, 3 * HOUR);
  const settledAt = authorizedAt + Math.floor(paying);
  const path = draw(order, aspect.path);
  const base = {
    placedAt,
    method,
    authorizedAt,
    lineDroppedAt: null,
    paidAt: null,
    paymentFailedAt: null,
    cancelledAt: null,
    shippedAt: null,
    deliveredAt: null,
    return: null,
    paymentRefundedAt: null,
    duplicatedAt: settledAt + between(order, aspect.duplicate, 1 * SECOND, 15 * MINUTE),
  };

  if (path < 0.025) {
    const cancelledAt = settledAt + 30 * MINUTE + Math.floor(draw(order, aspect.cancel) * 2 * DAY);
    return { ...base, paymentFailedAt: settledAt, cancelledAt, lastAt: cancelledAt };
  }

  // Orders that go wrong early keep all their lines; of the others some lose one before the payment is captured.
  const drops = path > 0.06 && path < 0.06 + dropChance && lineCount(order) > 1;
  const lineDroppedAt = drops
    ? authorizedAt + 1 * SECOND + Math.floor(draw(order, aspect.drop) * (settledAt - authorizedAt - 2 * SECOND))
    : null;

  if (path < 0.06) {
    const cancelledAt = settledAt + 20 * MINUTE + Math.floor(draw(order, aspect.cancel) * 5 * HOUR);
    const paymentRefundedAt = cancelledAt + 1 * HOUR + Math.floor(draw(order, aspect.refund) * 1.5 * DAY);
    return { ...base, paidAt: settledAt, cancelledAt, paymentRefundedAt, lastAt: paymentRefundedAt };
  }

  const shippedAt = settledAt + 6 * HOUR + Math.floor(draw(order, aspect.ship) * 2.5 * DAY);
  const deliveredAt = shippedAt + 18 * HOUR + Math.floor(exponential(order, aspect.deliver, 1.6 * DAY, 6 * DAY));
  if (!mayReturn(order))
    return { ...base, lineDroppedAt, paidAt: settledAt, shippedAt, deliveredAt, lastAt: deliveredAt };

  const requestedAt = deliveredAt + 8 * HOUR + Math.floor(exponential(order, aspect.request, 6 * DAY, 20 * DAY));
  const refundedAt = requestedAt + 1 * DAY + Math.floor(draw(order, aspect.refund) * 6 * DAY);
  return {
    ...base,
    lineDroppedAt,
    paidAt: settledAt,
    shippedAt,
    deliveredAt,
    return: { requestedAt, refundedAt, whole: draw(order, aspect.request + 20) < wholeReturnChance },
    lastAt: refundedAt,
  };
}
