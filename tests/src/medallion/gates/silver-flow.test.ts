import fc from 'fast-check';
import { silverFlow } from '../../../../src/medallion/gates/silver-flow.ts';
import { contextOf, counting, told } from '../scripted-query.ts';

const flow = (arrived: number | bigint, refined: number | bigint, quarantined: number | bigint, limit = 0.1) =>
  silverFlow(
    contextOf({
      maximumQuarantineRatio: limit,
      lake: counting({
        'silver.orders in': arrived,
        'silver.orders out': refined,
        'silver.orders quarantined': quarantined,
      }).query,
    }),
  );

test.each([
  [
    'nothing arrived',
    [0, 0, 0],
    ['keys_in_equal_keys_out: passed, 0 for 0', 'quarantine_ratio: passed, 0.0000 for <= 0.1'],
  ],
  [
    'just at the limit',
    [100, 90, 10],
    ['keys_in_equal_keys_out: passed, 100 for 100', 'quarantine_ratio: passed, 0.1000 for <= 0.1'],
  ],
  [
    'above the limit',
    [100, 89, 11],
    ['keys_in_equal_keys_out: passed, 100 for 100', 'quarantine_ratio: failed, 0.1100 for <= 0.1'],
  ],
  [
    'a key that is in both',
    [100, 95, 6],
    ['keys_in_equal_keys_out: failed, 101 for 100', 'quarantine_ratio: passed, 0.0600 for <= 0.1'],
  ],
  [
    'a key that is in neither',
    [100, 94, 5],
    ['keys_in_equal_keys_out: failed, 99 for 100', 'quarantine_ratio: passed, 0.0500 for <= 0.1'],
  ],
] as const)('%s', async (_, [arrived, refined, quarantined], results) => {
  expect(told(await flow(arrived, refined, quarantined))).toEqual(results.map((result) => `silver.orders ${result}`));
});

test('a limit of 0 forbids a single quarantined row', async () => {
  expect((await flow(1_000_000, 999_999, 1, 0))[1]!.status).toBe('failed');
});

test('keys in are keys out exactly when none is lost or doubled, however many', async () => {
  const count = fc.bigInt({ min: 0n, max: 1n << 62n });
  await fc.assert(
    fc.asyncProperty(count, count, fc.bigInt({ min: -3n, max: 3n }), async (refined, quarantined, astray) => {
      const arrived = refined + quarantined + astray;
      fc.pre(arrived >= 0n);
      const [keys] = await flow(arrived, refined, quarantined);
      expect(keys!.status).toBe(astray === 0n ? 'passed' : 'failed');
    }),
  );
});
