import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { ConfigurationError } from '../../../src/errors.ts';
import { generateChanges } from '../../../src/shop/generate.ts';
import { changesOf, day, fingerprint, opened, shop } from './shop-under-test.ts';

const digest = (lines: readonly string[]) => createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 16);
const horizon = opened + 75 * day;

describe('a window', () => {
  const whole = fingerprint(changesOf(shop, opened, horizon));

  test('is the sum of its parts, however it is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: opened, max: horizon }), { minLength: 1, maxLength: 5 }), (cuts) => {
        const edges = [opened, ...cuts.sort((a, b) => a - b), horizon];
        const parts = edges.slice(1).flatMap((to, index) => changesOf(shop, edges[index]!, to));
        // One string each: a matcher that walks 20,000 lines takes seconds.
        expect(digest(fingerprint(parts))).toBe(digest(whole));
      }),
      { numRuns: 8 },
    );
  });

  test('is half-open: a change at its end belongs to it, one at its beginning does not', () => {
    const at = changesOf(shop, opened, horizon)[5000]!.at;
    const times = (from: number, to: number) => changesOf(shop, from, to).map((change) => change.at);
    expect(times(at - 1, at)).toContain(at);
    expect(times(at, at + 1)).not.toContain(at);
    expect(times(at, at)).toEqual([]);
  });

  test('gives the same changes byte for byte, whatever the chunks', () => {
    const lines = (rows: number) => fingerprint(changesOf(shop, opened + 20 * day, opened + 25 * day, rows));
    expect(digest(lines(7))).toBe(digest(lines(100_000)));
  });

  test('has the bytes it always had', () => {
    // The shop's identity: a change here changes every shop that exists, and is made on purpose or not at all.
    expect({ changes: whole.length, digest: digest(whole) }).toMatchInlineSnapshot(`
{
  "changes": 18280,
  "digest": "c6c2366ce6573dec",
}
`);
  });

  test('differs with the seed', () => {
    const other = new Set(fingerprint(changesOf({ ...shop, seed: 43 }, opened, opened + 3 * day)));
    const same = fingerprint(changesOf(shop, opened, opened + 3 * day)).filter((line) => other.has(line));
    expect(same.length).toBeLessThan(5);
  });

  test('streams: no chunk holds more than a few of what was asked for', () => {
    const big = { ...shop, ordersPerDay: 800 };
    let largest = 0;
    let total = 0;
    for (const { changes } of generateChanges(big, { from: opened, to: opened + 20 * day }, { chunkRows: 1000 })) {
      largest = Math.max(largest, changes.length);
      total += changes.length;
    }
    expect(total).toBeGreaterThan(60_000);
    expect(largest).toBeLessThan(2500);
  });

  test('a late one costs no more than an early one: nothing before its lookback is generated', () => {
    const late = opened + 3000 * day;
    const changes = changesOf(shop, late, late + day);
    expect(changes.length).toBeGreaterThan(100);
    expect(changes.every((change) => change.at > late && change.at <= late + day)).toBe(true);
  });
});

describe('what cannot be', () => {
  const cases: [string, () => unknown, RegExp][] = [
    ['a window before the opening', () => changesOf(shop, opened - 1, opened), /before the shop opened/],
    ['a window turned round', () => changesOf(shop, opened + 2, opened + 1), /must not be before/],
    ['a date that is none', () => changesOf({ ...shop, openedAt: 'soon' }, 0, 1), /openedAt 'soon'/],
    ['a seed out of range', () => changesOf({ ...shop, seed: -1 }, opened, opened), /seed -1/],
    ['a rate out of range', () => changesOf({ ...shop, defectRate: 0.9 }, opened, opened), /defectRate 0.9/],
    ['a shop without orders', () => changesOf({ ...shop, ordersPerDay: 0 }, opened, opened), /ordersPerDay 0/],
  ];
  test.each(cases)('%s is refused by name', (_, act, message) => {
    expect(act).toThrow(ConfigurationError);
    expect(act).toThrow(message);
  });
});

test('nothing in the generator reads a clock or a global source of chance', () => {
  const folder = join(import.meta.dirname, '../../../src/shop');
  for (const file of readdirSync(folder))
    expect([
      file,
      readFileSync(join(folder, file), 'utf8').match(/Date\.now|Math\.random|new Date\(\)|performance\./),
    ]).toEqual([file, null]);
});
