import { endByClock } from '../../../src/azure-sql/ingest-batch.ts';

const at = (text: string) => Date.parse(text);
const opened = at('2026-01-01T00:00:00Z');

test.each([
  [
    'the first window of a stepping clock is the backfill',
    { stepHours: 24 },
    true,
    opened,
    0,
    '2026-01-31T00:00:00.000Z',
  ],
  ['a later one is a step', { stepHours: 24 }, false, at('2026-01-31T00:00:00Z'), 0, '2026-02-01T00:00:00.000Z'],
  ['a step may be part of an hour', { stepHours: 0.5 }, false, opened, 0, '2026-01-01T00:30:00.000Z'],
  [
    'the first window of a running clock is the backfill',
    'now',
    true,
    opened,
    at('2026-06-01T00:00:00Z'),
    '2026-01-31T00:00:00.000Z',
  ],
  ['but does not reach past the present', 'now', true, opened, at('2026-01-09T12:00:00Z'), '2026-01-09T12:00:00.000Z'],
  [
    'a later one ends now',
    'now',
    false,
    at('2026-01-31T00:00:00Z'),
    at('2026-06-01T00:00:00Z'),
    '2026-06-01T00:00:00.000Z',
  ],
] as const)('%s', (_, clock, isFirst, from, now, expected) => {
  expect(new Date(endByClock({ backfillDays: 30, clock }, isFirst, from, now)).toISOString()).toBe(expected);
});
