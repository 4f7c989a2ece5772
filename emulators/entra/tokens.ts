import { generateKeyPair, randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { errors, jwtVerify, SignJWT } from 'jose';

/** A managed identity's access tokens are valid for 24 hours. */
const lifetimeSeconds = 24 * 60 * 60;

const tenantId = '6c6f6361-6c00-4000-8000-74656e616e74';
const issuer = `https://sts.windows.net/${tenantId}/`;

/** The one identity there is. Its resource id carries its name, as a managed identity's token has no other claim for it. */
export const localIdentity = {
  name: 'dataops-local',
  objectId: '6c6f6361-6c00-4000-8000-6f626a656374',
  clientId: '6c6f6361-6c00-4000-8000-636c69656e74',
} as const;

const resourceId = `/subscriptions/${tenantId}/resourcegroups/local/providers/Microsoft.Web/sites/${localIdentity.name}`;

export interface Principal {
  readonly name: string;
  readonly objectId: string;
}

export interface AccessToken {
  readonly token: string;
  /** Seconds since 1970. */
  readonly expiresOn: number;
}

export interface Tokens {
  issue(resource: string): Promise<AccessToken>;
  verify(token: string, audience: string | readonly string[]): Promise<Principal>;
}

/** Why a token was refused. Services answer it in words of their own. */
export class TokenError extends Error {
  override readonly name = 'TokenError';
  readonly reason: 'malformed' | 'signature' | 'issuer' | 'audience' | 'lifetime' | 'resource';

  constructor(reason: TokenError['reason'], message: string, options?: ErrorOptions) {
    super(`Entra ID: ${message}`, options);
    this.reason = reason;
  }
}

/** A resource as a token's `aud` names it: clients write it with or without a trailing `/` and the scope `.default`. */
export function audienceOf(resource: string): string {
  return resource.replace(/\/\.default$/, '').replace(/\/+$/, '');
}

/** Issues and checks tokens with a signing key of this run. */
export async function createTokens(clock: () => Date): Promise<Tokens> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  const kid = randomUUID();

  return {
    async issue(resource) {
      const audience = audienceOf(resource);
      if (
        !/^(https:\/\/[a-z0-9.-]+(\/[\w./-]*)?|api:\/\/[\w./-]+|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i.test(
          audience,
        )
      )
        throw new TokenError(
          'resource',
          `AADSTS500011: The resource principal named '${resource}' was not found in the tenant; expected a URI such as https://storage.azure.com or an application id.`,
        );
      const issuedAt = Math.floor(clock().getTime() / 1000);
      const expiresOn = issuedAt + lifetimeSeconds;
      const token = await new SignJWT({
        appid: localIdentity.clientId,
        appidacr: '2',
        idp: issuer,
        idtyp: 'app',
        oid: localIdentity.objectId,
        tid: tenantId,
        ver: '1.0',
        xms_mirid: resourceId,
      })
        .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(localIdentity.objectId)
        .setIssuedAt(issuedAt)
        .setNotBefore(issuedAt)
        .setExpirationTime(expiresOn)
        .setJti(randomUUID())
        .sign(privateKey);
      return { token, expiresOn };
    },

    async verify(token, audience) {
      const wanted = (typeof audience === 'string' ? [audience] : audience).map(audienceOf);
      try {
        const { payload } = await jwtVerify(token, publicKey, {
          algorithms: ['RS256'],
          issuer,
          currentDate: clock(),
          requiredClaims: ['aud', 'exp', 'oid'],
        });
        const given = [payload.aud ?? []].flat();
        if (!given.some((value) => wanted.includes(audienceOf(value))))
          throw new TokenError(
            'audience',
            `the token is for '${given.join(', ')}'; this service wants '${wanted.join("' or '")}'. Ask for that resource.`,
          );
        const mirid = typeof payload['xms_mirid'] === 'string' ? payload['xms_mirid'] : '';
        const objectId = String(payload['oid']);
        return { name: mirid.split('/').at(-1) || objectId, objectId };
      } catch (cause) {
        throw cause instanceof TokenError ? cause : explain(cause);
      }
    },
  };
}

function explain(cause: unknown): TokenError {
  if (cause instanceof errors.JWTExpired)
    return new TokenError('lifetime', `the token expired at ${iso(cause.payload.exp)}. Get a new one.`, { cause });
  if (cause instanceof errors.JWSSignatureVerificationFailed)
    return new TokenError(
      'signature',
      "the token's signature is not ours: it was altered, or issued by an earlier run. Get a new one.",
      { cause },
    );
  if (cause instanceof errors.JWTClaimValidationFailed) {
    if (cause.claim === 'iss')
      return new TokenError('issuer', `the token was issued by '${cause.payload.iss}'; expected '${issuer}'.`, {
        cause,
      });
    if (cause.claim === 'nbf')
      return new TokenError('lifetime', `the token is not valid before ${iso(cause.payload.nbf)}.`, { cause });
    if (cause.claim === 'aud') return new TokenError('audience', 'the token names no audience.', { cause });
    return new TokenError('malformed', `the token's claim '${cause.claim}' is missing or wrong.`, { cause });
  }
  if (cause instanceof errors.JOSEError)
    return new TokenError('malformed', `not an RS256 access token: ${cause.message}.`, { cause });
  throw cause;
}

const iso = (seconds: number | undefined): string =>
  seconds === undefined ? 'an unknown time' : new Date(seconds * 1000).toISOString();
