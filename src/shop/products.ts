import type { ChangeSink } from './changes.ts';
import { type Defect, damageText, defectOf } from './defects.ts';
import { between, draw, exponential, kinds, stream } from './random.ts';
import { DAY, fromCents, openingOf, type ShopConfig } from './shop.ts';
import type { Row } from './tables.ts';
import type { Vocabulary } from './vocabulary.ts';

/** The catalogue: what is on sale when, and at which price. */
export interface Catalogue {
  /** A product that can be bought all through a day, by popularity; `share` is uniform in [0, 1). */
  choose(dayStart: number, dayEnd: number, share: number): Product;
  /** Writes the products' changes in the sink's window. */
  write(sink: ChangeSink): void;
}

export interface Product {
  readonly id: number;
  readonly launchedAt: number;
  /** Infinity while it is not planned. */
  readonly discontinuedAt: number;
  /** How often it sells in relation to the others: Zipf-like, a few products carry the shop. */
  readonly popularity: number;
  readonly defect: Defect | null;
  /** Prices in the order of their beginning; the first begins with the launch. */
  readonly prices: readonly { readonly from: number; readonly cents: number }[];
}

const openingProducts = 240;
const launchInterval = 2 * DAY;
/** Every period has at most one price change. */
const pricePeriod = 45 * DAY;
const priceChangeChance = 0.4;
const discontinuedChance = 0.25;

const aspect = { time: 0, popularity: 1, discontinued: 2, discontinuedAfter: 3, price: 4, cost: 5, word: 6, change: 7 };

/** The price of a product at an instant, in cents. */
export function priceAt(product: Product, at: number): number {
  let cents = product.prices[0]!.cents;
  for (const price of product.prices) {
    if (price.from > at) break;
    cents = price.cents;
  }
  return cents;
}

/** The catalogue as far as `horizon`: some hundred products, held whole. */
export function createCatalogue(shop: ShopConfig, vocabulary: Vocabulary, horizon: number): Catalogue {
  const openedAt = openingOf(shop);
  const products: Product[] = [];
  for (let id = 1; ; id++) {
    const entity = stream(shop.seed, kinds.product, id);
    const launchedAt =
      id <= openingProducts
        ? openedAt + 1
        : openedAt + 2 + Math.floor((id - openingProducts - 1 + draw(entity, aspect.time)) * launchInterval);
    if (launchedAt > horizon) break;
    products.push(life(id, entity, launchedAt));
  }

  function life(id: number, entity: number, launchedAt: number): Product {
    const discontinued = draw(entity, aspect.discontinued) < discontinuedChance;
    const after = 20 * DAY + exponential(entity, aspect.discontinuedAfter, 240 * DAY, 1500 * DAY);
    const discontinuedAt = discontinued ? launchedAt + Math.floor(after) : Number.POSITIVE_INFINITY;
    const first = 499 + 100 * Math.floor(exponential(entity, aspect.price, 38, 900));
    const floor = Math.ceil(costOf(entity, first) * 1.05);
    const prices = [{ from: launchedAt, cents: first }];
    for (let period = 0; launchedAt + period * pricePeriod <= horizon; period++) {
      const change = stream(shop.seed ^ Math.imul(id, 0x9e3779b1), kinds.productPeriod, period);
      if (draw(change, 0) >= priceChangeChance) continue;
      const at = launchedAt + 1 + Math.floor((period + draw(change, 1)) * pricePeriod);
      if (at >= discontinuedAt || at > horizon) break;
      const before = prices[prices.length - 1]!.cents;
      const wanted = Math.round((before * (0.86 + 0.3 * draw(change, 2))) / 100) * 100 - 1;
      const cents = Math.max(floor, wanted);
      if (cents !== before) prices.push({ from: at, cents });
    }
    return {
      id,
      launchedAt,
      discontinuedAt,
      // 1 over a uniform number falls off with the rank as Zipf's law does; the bound keeps the first from selling alone.
      popularity: 1 / Math.max(0.004, draw(entity, aspect.popularity)),
      defect: defectOf(shop, 'products', id),
      prices,
    };
  }

  function row(product: Product, cents: number, active: boolean, at: number): Row {
    const entity = stream(shop.seed, kinds.product, product.id);
    const words = vocabulary.products[between(entity, aspect.word, 0, vocabulary.products.length - 1)]!;
    const sku = `SKU-${String(product.id).padStart(6, '0')}-${between(entity, aspect.word + 10, 10, 99)}`;
    return [
      product.id,
      sku,
      damageText(shop, 'products', product.id, product.defect, words.name),
      words.category,
      fromCents(cents),
      fromCents(costOf(entity, product.prices[0]!.cents)),
      active,
      product.launchedAt,
      at,
    ];
  }

  let weighedDay = Number.NaN;
  let onSale: Product[] = [];
  let running: number[] = [];

  function weigh(dayStart: number, dayEnd: number): void {
    const since = Math.max(dayStart, openedAt + 1);
    onSale = products.filter((product) => product.launchedAt <= since && product.discontinuedAt >= dayEnd);
    running = [];
    let total = 0;
    for (const product of onSale) {
      total += product.popularity;
      running.push(total);
    }
    weighedDay = dayStart;
  }

  return {
    choose(dayStart, dayEnd, share) {
      if (weighedDay !== dayStart) weigh(dayStart, dayEnd);
      const wanted = share * running[running.length - 1]!;
      let low = 0;
      let high = running.length - 1;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (running[middle]! <= wanted) low = middle + 1;
        else high = middle;
      }
      return onSale[low]!;
    },
    write(sink) {
      for (const product of products) {
        const [launch, ...changes] = product.prices;
        sink.defect('products', product.launchedAt, product.id, product.defect);
        sink.insert('products', product.launchedAt, row(product, launch!.cents, true, product.launchedAt));
        let version = 2;
        let cents = launch!.cents;
        for (const change of changes) {
          cents = change.cents;
          sink.update('products', version++, change.from, row(product, cents, true, change.from));
        }
        if (product.discontinuedAt <= sink.window.to)
          sink.update('products', version, product.discontinuedAt, row(product, cents, false, product.discontinuedAt));
      }
    },
  };
}

/** What the shop pays for a product, in cents; it stays as the price moves. */
function costOf(entity: number, firstPrice: number): number {
  return Math.round(firstPrice * (0.42 + 0.26 * draw(entity, aspect.cost)));
}
