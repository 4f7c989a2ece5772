/**
 * Counter-based randomness: every number is a hash of (seed, kind of entity, id, aspect), so any row of any day is known without
 * generating what came before it. 32 bits are plenty for choices and durations; whatever must be unique is built from the id.
 */

/** What kind of thing an id names. The numbers are part of the data's identity: changing one changes every shop. */
export const kinds = {
  demand: 1,
  signup: 2,
  product: 3,
  productPeriod: 4,
  customer: 5,
  customerPeriod: 6,
  order: 7,
  orderLine: 8,
  return: 9,
  defect: 10,
} as const;

export type Kind = (typeof kinds)[keyof typeof kinds];

/** A bijective 32-bit finaliser with low bias (xor, shift, multiply rounds). */
function mix(value: number): number {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x21f0aaad);
  hash = Math.imul(hash ^ (hash >>> 15), 0x735a2d97);
  return hash ^ (hash >>> 15);
}

/** The stream of one entity: hand it to `draw` with an aspect. Ids are safe integers. */
export function stream(seed: number, kind: Kind, id: number): number {
  const keyed = mix(seed ^ Math.imul(kind, 0x9e3779b1));
  const low = mix(keyed ^ (id | 0));
  return id < 0x80000000 ? low : mix(low ^ Math.floor(id / 0x100000000));
}

/** A number in [0, 1) for one aspect of an entity. */
export function draw(entity: number, aspect: number): number {
  return (mix(entity + Math.imul(aspect + 1, 0x9e3779b9)) >>> 0) / 0x100000000;
}

/** An integer in [low, high], both included. */
export function between(entity: number, aspect: number, low: number, high: number): number {
  return low + Math.floor(draw(entity, aspect) * (high - low + 1));
}

/** One element, all equally likely. */
export function pick<T>(items: readonly T[], entity: number, aspect: number): T {
  return items[Math.floor(draw(entity, aspect) * items.length)]!;
}

/** One element by weight; `weights` need not add up to one. */
export function pickWeighted<T>(items: readonly (readonly [T, number])[], entity: number, aspect: number): T {
  let total = 0;
  for (const [, weight] of items) total += weight;
  let left = draw(entity, aspect) * total;
  for (const [item, weight] of items) {
    left -= weight;
    if (left < 0) return item;
  }
  return items[items.length - 1]![0];
}

/** Exponentially distributed with the given mean, cut off at `limit`. */
export function exponential(entity: number, aspect: number, mean: number, limit: number): number {
  return Math.min(limit, -Math.log(1 - draw(entity, aspect)) * mean);
}
