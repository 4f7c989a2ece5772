import { StorageError } from '../errors.ts';
import { fullGrant, type Grant, type Place } from './grant.ts';
import { verifySas } from './sas.ts';
import { type SignedRequest, verifySharedKey } from './shared-key.ts';

export interface AuthorizeOptions {
  readonly account: string;
  readonly key: Buffer;
  readonly verifyToken: (token: string, audience: string | readonly string[]) => Promise<unknown>;
  readonly clock: () => Date;
}

/** A request signed longer ago than this may be a replay. */
const maximumAge = 15 * 60 * 1000;

/** Who asks: the account key's holder, a token's, or a signature's. @throws StorageError 401 or 403. */
export async function authorize(
  request: SignedRequest & { readonly remoteAddress: string },
  place: Place,
  options: AuthorizeOptions,
): Promise<Grant> {
  const authorization = request.headers.authorization;
  if (authorization !== undefined) {
    const space = authorization.indexOf(' ');
    const scheme = authorization.slice(0, space).toLowerCase();
    const rest = authorization.slice(space + 1);
    if (scheme === 'bearer') return bearer(rest, options);
    if (scheme === 'sharedkey') return sharedKey(request, rest, options);
    throw refused(`The scheme '${scheme}' is not implemented by the data-lake emulator; use SharedKey or Bearer.`);
  }
  if (request.query.has('sig'))
    return verifySas(request.query, place, { ...options, now: options.clock(), remoteAddress: request.remoteAddress });
  throw new StorageError('NoAuthenticationInformation', { headers: challenge });
}

async function bearer(token: string, { account, verifyToken }: AuthorizeOptions): Promise<Grant> {
  try {
    await verifyToken(token, [
      'https://storage.azure.com',
      `https://${account}.dfs.core.windows.net`,
      `https://${account}.blob.core.windows.net`,
    ]);
    return fullGrant;
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : 'the token was refused';
    throw new StorageError('InvalidAuthenticationInfo', {
      headers: challenge,
      elements: { AuthenticationErrorDetail: detail },
    });
  }
}

function sharedKey(request: SignedRequest, credentials: string, { account, key, clock }: AuthorizeOptions): Grant {
  const colon = credentials.indexOf(':');
  const name = credentials.slice(0, colon);
  if (name !== account) throw refused(`The account is '${account}'; the request is signed for '${name}'.`);
  const date = String(request.headers['x-ms-date'] ?? request.headers.date ?? '');
  const signedAt = Date.parse(date);
  if (Number.isNaN(signedAt)) throw refused(`x-ms-date is '${date}'; expected a date as in RFC 1123.`);
  if (Math.abs(clock().getTime() - signedAt) > maximumAge) throw refused(`Request date header too old: '${date}'`);
  if (!verifySharedKey(request, account, key, credentials.slice(colon + 1)))
    throw refused(
      "The MAC signature found in the HTTP request is not the same as any computed signature: the account's key is another one.",
    );
  return fullGrant;
}

const refused = (detail: string): StorageError =>
  new StorageError('AuthenticationFailed', { elements: { AuthenticationErrorDetail: detail } });

/** RFC 6750 section 3, as the service words it. */
const challenge = {
  'www-authenticate':
    'Bearer authorization_uri=https://login.microsoftonline.com/common/oauth2/authorize resource_id=https://storage.azure.com',
};
