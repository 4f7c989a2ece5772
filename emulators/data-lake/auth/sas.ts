import { notImplemented, StorageError } from '../errors.ts';
import type { Grant, Place } from './grant.ts';
import { sameSignature, sign } from './shared-key.ts';

/**
 * Shared access signatures of the account key: the account's, and a filesystem's, directory's or file's.
 * https://learn.microsoft.com/rest/api/storageservices/create-account-sas and .../create-service-sas
 */

export interface SasContext {
  readonly account: string;
  readonly key: Buffer;
  readonly now: Date;
  readonly remoteAddress: string;
}

/** The version from which service signatures have the form read here. */
const oldestVersion = '2018-11-09';
/** The version from which both forms sign an encryption scope. */
const scopedVersion = '2020-12-06';

/** @throws StorageError unless the signature is right and the time, protocol and address are those it allows. */
export function verifySas(query: URLSearchParams, place: Place, context: SasContext): Grant {
  const get = (name: string): string => query.get(name) ?? '';
  if (get('sv') < oldestVersion) throw notImplemented(`shared access signatures of version '${get('sv')}'`);
  if (query.has('skoid')) throw notImplemented('user delegation signatures (sign with the account key instead)');
  if (query.has('si')) throw notImplemented('shared access signatures with a stored access policy (si)');

  const forAccount = query.has('ss');
  const expected = sign(
    context.key,
    forAccount ? accountText(get, context.account) : serviceText(get, place, context.account),
  );
  if (!sameSignature(get('sig'), expected)) throw refused('Signature did not match.');

  const { now } = context;
  if (get('st') !== '' && now < timeOf('st', get('st')))
    throw refused(
      `Signature not valid in the specified time frame: Start [${get('st')}] - Current [${now.toISOString()}]`,
    );
  if (now >= timeOf('se', get('se')))
    throw refused(
      `Signature not valid in the specified time frame: Expiry [${get('se')}] - Current [${now.toISOString()}]`,
    );
  if (get('spr') !== '' && !get('spr').split(',').includes('https'))
    throw new StorageError('AuthorizationProtocolMismatch');
  if (get('sip') !== '' && !inRange(context.remoteAddress, get('sip')))
    throw new StorageError('AuthorizationSourceIPMismatch', {
      message: `This request is not authorized to perform this operation using this source IP ${context.remoteAddress}.`,
    });

  return forAccount ? accountGrant(get) : serviceGrant(get, place);
}

type Get = (name: string) => string;

function accountText(get: Get, account: string): string {
  return [
    account,
    ...['sp', 'ss', 'srt', 'st', 'se', 'sip', 'spr', 'sv'].map(get),
    ...(get('sv') >= scopedVersion ? [get('ses')] : []),
    '',
  ].join('\n');
}

function serviceText(get: Get, place: Place, account: string): string {
  return [
    ...['sp', 'st', 'se'].map(get),
    `/blob/${account}/${signedResource(get, place)}`,
    ...['si', 'sip', 'spr', 'sv', 'sr'].map(get),
    get('snapshot'),
    ...(get('sv') >= scopedVersion ? [get('ses')] : []),
    ...['rscc', 'rscd', 'rsce', 'rscl', 'rsct'].map(get),
  ].join('\n');
}

/** The name that was signed: the filesystem's, the file's, or as many names of the path as the directory's depth says. */
function signedResource(get: Get, { filesystem, path }: Place): string {
  switch (get('sr')) {
    case 'c':
      return filesystem;
    case 'b':
      return `${filesystem}/${path}`;
    case 'd':
      return [filesystem, ...path.split('/').slice(0, Number(get('sdd')))].filter((name) => name !== '').join('/');
    default:
      throw refused(`sr is '${get('sr')}'; expected c, d or b`);
  }
}

function accountGrant(get: Get): Grant {
  return {
    permit(place, permissions) {
      if (!get('ss').includes('b')) throw new StorageError('AuthorizationServiceMismatch');
      const kind = { service: 's', filesystem: 'c', path: 'o' }[place.level];
      if (!get('srt').includes(kind)) throw new StorageError('AuthorizationResourceTypeMismatch');
      requireOne(get('sp'), permissions);
    },
  };
}

function serviceGrant(get: Get, signed: Place): Grant {
  const resource = signedResource(get, signed);
  return {
    permit(place, permissions) {
      const here = [place.filesystem, place.path].filter((name) => name !== '').join('/');
      const inside = get('sr') === 'b' ? here === resource : here === resource || here.startsWith(`${resource}/`);
      if (place.level === 'service' || !inside) throw new StorageError('AuthorizationResourceTypeMismatch');
      requireOne(get('sp'), permissions);
    },
  };
}

function requireOne(given: string, wanted: string): void {
  if (![...wanted].some((letter) => given.includes(letter))) throw new StorageError('AuthorizationPermissionMismatch');
}

const refused = (detail: string): StorageError =>
  new StorageError('AuthenticationFailed', { elements: { AuthenticationErrorDetail: detail } });

function timeOf(name: string, text: string): Date {
  const time = Date.parse(text.length === 10 ? `${text}T00:00:00Z` : text);
  if (Number.isNaN(time)) throw refused(`${name} is '${text}'; expected a time such as 2026-01-31T00:00:00Z`);
  return new Date(time);
}

function inRange(address: string, range: string): boolean {
  const number = (text: string): number => text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const [from = '', to = from] = range.split('-');
  const at = number(address.replace(/^::ffff:/, ''));
  return number(from) <= at && at <= number(to);
}
