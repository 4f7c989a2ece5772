import { createDemand, shareOfTime, timeOfShare } from '../../../src/shop/demand.ts';
import { day, opened, shop } from './shop-under-test.ts';

const demand = createDemand({ ...shop, ordersPerDay: 400 });

test('the share of a day and the time it is reached are inverse', () => {
  for (let share = 0; share < 1; share += 0.013) expect(shareOfTime(timeOfShare(share))).toBeCloseTo(share, 5);
  expect([timeOfShare(0), shareOfTime(0), shareOfTime(day)]).toEqual([0, 0, 1]);
});

test('order ids rise with time, and the day of an order is known from its id', () => {
  let before = opened;
  const wrong: unknown[] = [];
  for (let on = 0; on < 20; on++)
    for (let index = 0; index < demand.ordersOn(on); index++) {
      const at = demand.orderTime(on, index);
      const id = demand.ordersBefore(on) + index + 1;
      if (at < before || demand.dayOfOrder(id) !== on || demand.dayOf(at) !== on) wrong.push({ id, at, on });
      before = at;
    }
  expect(wrong).toEqual([]);
});

test('whoever counts as a customer at an instant has signed up before it', () => {
  for (let at = opened + 2000; at < opened + 30 * day; at += 1.37 * day)
    expect(demand.signupTime(demand.customersAt(at))).toBeLessThan(at);
});

test('a typical day has the orders asked for; seasons, weekdays and hours differ; the shop grows', () => {
  const count = (from: number, to: number) => demand.ordersBefore(to) - demand.ordersBefore(from);
  expect(count(1, 366) / 365 / 400).toBeGreaterThan(0.93);
  expect(count(1, 366) / 365 / 400).toBeLessThan(1.15);
  expect(count(334, 365) / 31).toBeGreaterThan((count(31, 59) / 28) * 1.2);
  expect(count(366, 731)).toBeGreaterThan(count(1, 366) * 1.08);
  const hours = new Array<number>(24).fill(0);
  for (let on = 1; on < 30; on++)
    for (let index = 0; index < demand.ordersOn(on); index++)
      hours[new Date(demand.orderTime(on, index)).getUTCHours()]!++;
  expect(hours.indexOf(Math.max(...hours))).toBe(20);
  expect(hours[3]! * 5).toBeLessThan(hours[20]!);
});
