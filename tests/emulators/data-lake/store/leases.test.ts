import { createLeases, type Leases } from '../../../../emulators/data-lake/store/leases.ts';

const ours = '11111111-1111-4111-8111-111111111111';
const theirs = '22222222-2222-4222-8222-222222222222';

/** In which state what may be done, after the table in the service's documentation of Lease Blob. */
const begin: Readonly<Record<string, (leases: Leases, wait: (seconds: number) => void) => void>> = {
  available: () => {},
  leased: (leases) => leases.acquire('k', 15, ours),
  expired: (leases, wait) => {
    leases.acquire('k', 15, ours);
    wait(16);
  },
  breaking: (leases) => {
    leases.acquire('k', 60, ours);
    leases.break('k', 30);
  },
  broken: (leases) => {
    leases.acquire('k', 60, ours);
    leases.break('k', 0);
  },
};

const attempts: Readonly<Record<string, (leases: Leases) => unknown>> = {
  acquire: (leases) => leases.acquire('k', 15, undefined),
  'acquire again': (leases) => leases.acquire('k', 15, ours),
  renew: (leases) => leases.renew('k', ours),
  'renew with another id': (leases) => leases.renew('k', theirs),
  release: (leases) => leases.release('k', ours),
  break: (leases) => leases.break('k', undefined),
  'write with the id': (leases) => leases.check('k', ours),
  'write with another id': (leases) => leases.check('k', theirs),
  'write without': (leases) => leases.check('k', undefined),
};

const absent = 'LeaseNotPresentWithLeaseOperation';
const noLease = 'LeaseNotPresentWithBlobOperation';
const otherLease = 'LeaseIdMismatchWithLeaseOperation';
const otherBlob = 'LeaseIdMismatchWithBlobOperation';
const breaking = 'LeaseIsBreakingAndCannotBeAcquired';
const present = 'LeaseAlreadyPresent';
const unbroken = 'LeaseIsBrokenAndCannotBeRenewed';

test.each([
  ['acquire', { leased: present, breaking }],
  ['acquire again', { breaking }],
  ['renew', { available: absent, breaking: unbroken, broken: unbroken }],
  [
    'renew with another id',
    { available: absent, leased: otherLease, expired: otherLease, breaking: otherLease, broken: otherLease },
  ],
  ['release', { available: absent }],
  ['break', { available: absent }],
  ['write with the id', { available: noLease, expired: 'LeaseLost', broken: 'LeaseLost' }],
  [
    'write with another id',
    { available: noLease, leased: otherBlob, expired: otherBlob, breaking: otherBlob, broken: otherBlob },
  ],
  ['write without', { leased: 'LeaseIdMissing', breaking: 'LeaseIdMissing' }],
])('%s', (attempt, refusals: Readonly<Record<string, string>>) => {
  const outcomes = Object.keys(begin).map((state) => {
    let now = 0;
    const leases = createLeases(() => new Date(now));
    begin[state]?.(leases, (seconds) => {
      now += seconds * 1000;
    });
    expect(leases.status('k').state).toBe(state);
    try {
      attempts[attempt]?.(leases);
      return [state, undefined];
    } catch (error) {
      return [state, (error as { failure: string }).failure];
    }
  });
  expect(Object.fromEntries(outcomes)).toEqual({
    ...Object.fromEntries(Object.keys(begin).map((state) => [state, undefined])),
    ...refusals,
  });
});
