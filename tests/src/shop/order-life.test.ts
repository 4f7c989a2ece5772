import { longestLife, longestLifeWithoutReturn, mayReturn, orderLife } from '../../../src/shop/order-life.ts';
import { kinds, stream } from '../../../src/shop/random.ts';

const placedAt = Date.parse('2026-03-01T12:00:00Z');
const lives = Array.from({ length: 40_000 }, (_, id) => {
  const order = stream(7, kinds.order, id + 1);
  return { returns: mayReturn(order), ...orderLife(order, placedAt) };
});

test('no life outlasts what a window looks back', () => {
  const end = (life: (typeof lives)[number]) => Math.max(life.lastAt, life.duplicatedAt) - placedAt;
  expect(Math.max(...lives.map(end))).toBeLessThan(longestLife);
  expect(Math.max(...lives.filter((life) => !life.returns).map(end))).toBeLessThan(longestLifeWithoutReturn);
});

test('the last moment is the last: nothing of a life comes after it, but for a duplicate payment', () => {
  const late = lives.filter((life) => {
    const moments = [life.paidAt, life.paymentFailedAt, life.cancelledAt, life.paymentRefundedAt, life.lineDroppedAt];
    moments.push(life.shippedAt, life.deliveredAt, life.return?.refundedAt ?? null);
    return Math.max(...moments.map((moment) => moment ?? 0)) !== life.lastAt;
  });
  expect(late.slice(0, 3)).toEqual([]);
});

test('most orders arrive; some fail, are cancelled, come back', () => {
  const share = (matches: (life: (typeof lives)[number]) => boolean) => lives.filter(matches).length / lives.length;
  expect(share((life) => life.deliveredAt !== null)).toBeCloseTo(0.94, 1);
  expect(share((life) => life.paymentFailedAt !== null)).toBeCloseTo(0.025, 2);
  expect(share((life) => life.paidAt !== null && life.cancelledAt !== null)).toBeCloseTo(0.035, 2);
  expect(share((life) => life.return !== null)).toBeCloseTo(0.075, 2);
  expect(share((life) => life.lineDroppedAt !== null)).toBeGreaterThan(0.01);
});
