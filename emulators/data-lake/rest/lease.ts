import { invalidHeader, missingHeader } from '../errors.ts';
import { keyOf } from '../store/location.ts';
import { type Call, header } from './call.ts';
import { checkConditions } from './conditions.ts';
import { versionHeaders } from './headers.ts';
import { type Answer, type Lake, notFound, type Operation, targetOf } from './operation.ts';

const identifier = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** Lease Container, Lease Blob and Path - Lease. */
export const lease: Operation = {
  name: 'Lease Blob',
  permissions: 'wd',
  async handle(call, lake) {
    const location = await targetOf(call, lake);
    return lake.store.locks.run([keyOf(location)], async () => {
      const entry = await lake.store.entry(location);
      if (entry === undefined) throw notFound(call.api);
      checkConditions(call, entry, 'write');
      const answer = act(call, lake, keyOf(location));
      return { ...answer, headers: { ...versionHeaders(entry), ...answer.headers } };
    });
  },
};

function act(call: Call, lake: Lake, key: string): Answer {
  const action = required(call, 'x-ms-lease-action').toLowerCase();
  switch (action) {
    case 'acquire':
      return idAnswer(201, lake.leases.acquire(key, duration(call), optionalId(call, 'x-ms-proposed-lease-id')));
    case 'renew':
      return idAnswer(200, lake.leases.renew(key, requiredId(call, 'x-ms-lease-id')));
    case 'change':
      return idAnswer(
        200,
        lake.leases.change(key, requiredId(call, 'x-ms-lease-id'), requiredId(call, 'x-ms-proposed-lease-id')),
      );
    case 'release':
      lake.leases.release(key, requiredId(call, 'x-ms-lease-id'));
      return { status: 200 };
    case 'break':
      return { status: 202, headers: { 'x-ms-lease-time': lake.leases.break(key, breakPeriod(call)) } };
    default:
      throw invalidHeader('x-ms-lease-action', action);
  }
}

const idAnswer = (status: number, id: string): Answer => ({ status, headers: { 'x-ms-lease-id': id } });

/** 15 to 60 seconds, or -1 for no end. */
function duration(call: Call): number {
  const text = required(call, 'x-ms-lease-duration');
  const seconds = Number(text);
  if (!Number.isInteger(seconds) || !(seconds === -1 || (seconds >= 15 && seconds <= 60)))
    throw invalidHeader('x-ms-lease-duration', text);
  return seconds;
}

/** 0 to 60 seconds. */
function breakPeriod(call: Call): number | undefined {
  const text = header(call, 'x-ms-lease-break-period');
  if (text === undefined) return undefined;
  if (!/^\d{1,2}$/.test(text) || Number(text) > 60) throw invalidHeader('x-ms-lease-break-period', text);
  return Number(text);
}

function required(call: Call, name: string): string {
  const value = header(call, name);
  if (value === undefined) throw missingHeader(name);
  return value;
}

function optionalId(call: Call, name: string): string | undefined {
  const value = header(call, name);
  if (value !== undefined && !identifier.test(value)) throw invalidHeader(name, value);
  return value;
}

function requiredId(call: Call, name: string): string {
  required(call, name);
  return optionalId(call, name) as string;
}
