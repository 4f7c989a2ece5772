import { createDemand } from './demand.ts';
import type { ShopConfig, Window } from './shop.ts';

/**
 * Cuts a window so that no part has more than about `ordersPerSlice` placed orders, each part beginning where the one before
 * ended. How it is cut changes nothing in what happens; it bounds what one transaction applies.
 */
export function* sliceWindow(shop: ShopConfig, window: Window, ordersPerSlice: number): Generator<Window, void, void> {
  const demand = createDemand(shop);
  const lastDay = demand.dayOf(window.to);
  let from = window.from;
  let held = 0;
  for (let day = Math.max(0, demand.dayOf(window.from)); day <= lastDay; day++) {
    const count = demand.ordersOn(day);
    for (let index = 0; index < count; index++) {
      if (held + count - index < ordersPerSlice && day < lastDay) {
        held += count - index;
        break;
      }
      const at = demand.orderTime(day, index);
      if (at <= from || at > window.to) continue;
      held++;
      if (held < ordersPerSlice) continue;
      if (at < window.to) yield { from, to: at };
      from = Math.min(at, window.to);
      held = 0;
    }
  }
  if (from < window.to) yield { from, to: window.to };
}
