import { type ChangeChunk, createChangeBuffer } from './changes.ts';
import { createCustomers } from './customers.ts';
import { createDemand } from './demand.ts';
import { longestLife } from './order-life.ts';
import { createOrders } from './orders.ts';
import { createCatalogue } from './products.ts';
import { checkShop, checkWindow, type ShopConfig, type Window } from './shop.ts';
import { createVocabulary, type Vocabulary } from './vocabulary.ts';

/** Changes held before they are handed out; with a chunk's own overhead, some megabytes. */
const defaultChunkRows = 8192;
const entitiesPerStep = 256;

export interface GenerateOptions {
  readonly chunkRows?: number;
  /** `createVocabulary(shop.seed)`, for a caller who asks for many windows of one shop; made anew when not given. */
  readonly vocabulary?: Vocabulary;
}

/**
 * The inserts, updates and deletes that happen in the shop in (from, to], with the ledger of injected defects. A pure function: the
 * same shop and window give the same rows byte for byte, and the changes of a window are those of its parts, however it is cut.
 * Streams: what is held at a time does not grow with the window or with the number of orders.
 * @throws ConfigurationError for a shop or window that cannot be.
 */
export function* generateChanges(
  shop: ShopConfig,
  window: Window,
  options: GenerateOptions = {},
): Generator<ChangeChunk, void, void> {
  checkShop(shop);
  checkWindow(shop, window);
  if (window.to === window.from) return;
  const chunkRows = options.chunkRows ?? defaultChunkRows;
  const demand = createDemand(shop);
  const vocabulary = options.vocabulary ?? createVocabulary(shop.seed);
  const catalogue = createCatalogue(shop, vocabulary, window.to);
  const customers = createCustomers(shop, vocabulary, demand);
  const orders = createOrders(shop, demand, catalogue, customers);
  const buffer = createChangeBuffer(window);
  const lastDay = demand.dayOf(window.to);

  catalogue.write(buffer);

  const customerCount = demand.customersBefore(lastDay + 1);
  for (let first = 1; first <= customerCount; first += entitiesPerStep) {
    customers.write(buffer, first, Math.min(customerCount, first + entitiesPerStep - 1));
    if (buffer.size >= chunkRows) yield* buffer.drain();
  }

  for (let day = Math.max(0, demand.dayOf(window.from - longestLife)); day <= lastDay; day++) {
    const count = demand.ordersOn(day);
    for (let first = 0; first < count; first += entitiesPerStep) {
      orders.write(buffer, day, first, Math.min(count, first + entitiesPerStep) - 1);
      if (buffer.size >= chunkRows) yield* buffer.drain();
    }
  }
  yield* buffer.drain();
}
