import { draw, kinds, stream } from './random.ts';
import { DAY, HOUR, openingOf, type ShopConfig } from './shop.ts';

/**
 * When things happen: how many orders and sign-ups a day has, and at what time of the day each falls. The n-th event of a day lies
 * in the n-th of equally busy stretches of it, so ids rise with time and the time of any id is known without its neighbours.
 */
export interface Demand {
  /** The UTC day an instant lies in, counted from the day of opening. */
  dayOf(at: number): number;
  /** First instant of a day. */
  startOf(day: number): number;
  /** Orders with a smaller day number than `day`: the id before the day's first. */
  ordersBefore(day: number): number;
  ordersOn(day: number): number;
  /** When the `index`-th order (from 0) of a day is placed. */
  orderTime(day: number, index: number): number;
  /** The day order `id` (from 1) is placed on. */
  dayOfOrder(id: number): number;
  /** Customers who were there at the opening. */
  readonly firstCustomers: number;
  customersBefore(day: number): number;
  customersOn(day: number): number;
  /** When a customer (from 1) signs up. */
  signupTime(id: number): number;
  /** How many customers have certainly signed up before an instant: their ids are 1 to this. */
  customersAt(at: number): number;
}

const hourWeights = [6, 4, 3, 2, 2, 3, 7, 14, 24, 34, 42, 46, 50, 46, 42, 42, 44, 50, 60, 72, 78, 66, 40, 18];
/** Sunday first. */
const weekdayFactors = [1.12, 1.06, 0.98, 0.95, 0.95, 0.92, 1.02];
const monthFactors = [0.88, 0.86, 0.92, 0.95, 0.97, 0.95, 0.93, 0.92, 0.98, 1.02, 1.28, 1.34];
const yearlyGrowth = 0.12;
const signupsPerOrder = 0.25;
const firstCustomersPerDailyOrder = 3;

/** Share of a day's events before each full hour: 25 values from 0 to 1. */
const hourShares: readonly number[] = (() => {
  const total = hourWeights.reduce((sum, weight) => sum + weight, 0);
  const shares = [0];
  for (const weight of hourWeights) shares.push(shares[shares.length - 1]! + weight / total);
  shares[24] = 1;
  return shares;
})();

/** Milliseconds into the day by which the given share of its events has happened. */
export function timeOfShare(share: number): number {
  let hour = 0;
  while (hour < 23 && hourShares[hour + 1]! <= share) hour++;
  const low = hourShares[hour]!;
  return Math.floor((hour + (share - low) / (hourShares[hour + 1]! - low)) * HOUR);
}

/** The share of a day's events that has happened by so many milliseconds into it. */
export function shareOfTime(milliseconds: number): number {
  const hour = Math.min(23, Math.floor(milliseconds / HOUR));
  const low = hourShares[hour]!;
  return low + (hourShares[hour + 1]! - low) * (milliseconds / HOUR - hour);
}

export function createDemand(shop: ShopConfig): Demand {
  const openedAt = openingOf(shop);
  const firstDay = Math.floor(openedAt / DAY);
  const openingShare = shareOfTime(openedAt - firstDay * DAY);
  const firstCustomers = Math.max(20, Math.round(shop.ordersPerDay * firstCustomersPerDailyOrder));
  // Running totals, grown as days are asked for: 3,660 days are two arrays of that length.
  const orderTotals = [0];
  const customerTotals = [firstCustomers];

  function grow(day: number): void {
    for (let next = orderTotals.length - 1; next < day; next++) {
      const entity = stream(shop.seed, kinds.demand, next);
      const date = new Date((firstDay + next) * DAY);
      const season = weekdayFactors[date.getUTCDay()]! * monthFactors[date.getUTCMonth()]!;
      const growth = (1 + yearlyGrowth) ** (next / 365);
      const noise = 0.92 + 0.16 * draw(entity, 0);
      const open = next === 0 ? 1 - openingShare : 1;
      const orders = Math.floor(shop.ordersPerDay * season * growth * noise * open + draw(entity, 1));
      orderTotals.push(orderTotals[next]! + orders);
      customerTotals.push(customerTotals[next]! + Math.floor(orders * signupsPerOrder + draw(entity, 2)));
    }
  }

  /** The day's shares are those after the opening, on the first day. */
  const shareOn = (day: number, share: number) => (day === 0 ? openingShare + share * (1 - openingShare) : share);
  const startOf = (day: number) => (firstDay + day) * DAY;
  const dayOf = (at: number) => Math.floor(at / DAY) - firstDay;
  const ordersBefore = (day: number) => {
    grow(day);
    return orderTotals[day]!;
  };
  const ordersOn = (day: number) => {
    grow(day + 1);
    return orderTotals[day + 1]! - orderTotals[day]!;
  };
  const customersBefore = (day: number) => {
    grow(day);
    return customerTotals[day]!;
  };
  const customersOn = (day: number) => {
    grow(day + 1);
    return customerTotals[day + 1]! - customerTotals[day]!;
  };

  function timeWithin(day: number, index: number, count: number, jitter: number): number {
    const at = startOf(day) + timeOfShare(shareOn(day, (index + jitter) / count));
    // The opening's own rows carry the first second; an order or a sign-up comes after them.
    return Math.max(at, openedAt + 1000);
  }

  function dayOfTotal(totals: readonly number[], id: number): number {
    while (totals[totals.length - 1]! < id) grow(totals.length + 30);
    let low = 0;
    let high = totals.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (totals[middle]! < id) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  return {
    dayOf,
    startOf,
    ordersBefore,
    ordersOn,
    orderTime(day, index) {
      const jitter = draw(stream(shop.seed, kinds.order, ordersBefore(day) + index + 1), 0);
      return timeWithin(day, index, ordersOn(day), jitter);
    },
    dayOfOrder: (id) => dayOfTotal(orderTotals, id),
    firstCustomers,
    customersBefore,
    customersOn,
    signupTime(id) {
      if (id <= firstCustomers) return openedAt + 1;
      const day = dayOfTotal(customerTotals, id);
      const index = id - customersBefore(day) - 1;
      return timeWithin(day, index, customersOn(day), draw(stream(shop.seed, kinds.signup, id), 0));
    },
    customersAt(at) {
      const day = dayOf(at);
      if (day < 0) return 0;
      const share = shareOfTime(at - startOf(day));
      const since = day === 0 ? Math.max(0, (share - openingShare) / (1 - openingShare)) : share;
      // The n-th sign-up is somewhere in its stretch, so only stretches that have ended count; one more is left for rounding.
      return customersBefore(day) + Math.max(0, Math.floor(since * customersOn(day)) - 1);
    },
  };
}
