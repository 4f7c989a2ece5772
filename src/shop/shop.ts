import { ConfigurationError } from '../errors.ts';

/** What a shop is a function of. Two shops with the same values have the same history, byte for byte. */
export interface ShopConfig {
  /** 0 to 2^32 - 1. */
  readonly seed: number;
  /** The instant of opening, ISO 8601 with zone; nothing happens at or before it. */
  readonly openedAt: string;
  /** Orders placed on a typical day; season, weekday and growth vary it. */
  readonly ordersPerDay: number;
  /** Share of rows (0 to 0.5) of the eligible tables that carry a defect. */
  readonly defectRate: number;
}

/** The half-open span of time (from, to], in milliseconds since 1970-01-01T00:00:00Z. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/**
 * The instant of opening in epoch milliseconds.
 * @throws ConfigurationError when it is not a date.
 */
export function openingOf(shop: Pick<ShopConfig, 'openedAt'>): number {
  const at = Date.parse(shop.openedAt);
  if (Number.isNaN(at))
    throw new ConfigurationError(
      `shop: openedAt '${shop.openedAt}' is not a date; expected ISO 8601, such as 2026-01-01T00:00:00Z.`,
    );
  return at;
}

/** @throws ConfigurationError naming the value that does not fit. */
export function checkShop(shop: ShopConfig): void {
  openingOf(shop);
  if (!Number.isInteger(shop.seed) || shop.seed < 0 || shop.seed > 0xffffffff)
    throw new ConfigurationError(`shop: seed ${shop.seed} is not an integer from 0 to ${0xffffffff}.`);
  if (!Number.isInteger(shop.ordersPerDay) || shop.ordersPerDay < 1)
    throw new ConfigurationError(`shop: ordersPerDay ${shop.ordersPerDay} is not an integer of at least 1.`);
  if (!(shop.defectRate >= 0 && shop.defectRate <= 0.5))
    throw new ConfigurationError(`shop: defectRate ${shop.defectRate} is not a share from 0 to 0.5.`);
}

/** @throws ConfigurationError when the window is turned round or reaches before the opening. */
export function checkWindow(shop: ShopConfig, window: Window): void {
  if (!Number.isInteger(window.from) || !Number.isInteger(window.to) || window.to < window.from)
    throw new ConfigurationError(
      `shop: the window (${window.from}, ${window.to}] is not one: 'to' must not be before 'from'.`,
    );
  if (window.from < openingOf(shop))
    throw new ConfigurationError(
      `shop: the window begins at ${new Date(window.from).toISOString()}, before the shop opened at ${shop.openedAt}.`,
    );
}

/** Amounts are held in cents and leave as decimal numbers with two places. */
export const fromCents = (cents: number): number => cents / 100;
