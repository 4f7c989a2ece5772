import { ConfigurationError, InternalError } from '../errors.ts';

interface Refusal {
  readonly statusCode?: number;
  readonly code?: string;
  readonly name?: string;
  readonly message?: string;
}

const unreachable = new Set([
  'ENOTFOUND',
  'ECONNREFUSED',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'REQUEST_SEND_ERROR',
]);
const untrusted = new Set([
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
]);

/** What to make of a failed call to the lake: `what` says in the infinitive what was tried. */
export function translateLakeError(error: unknown, what: string, url: string): Error {
  const { statusCode, code = '', name = '', message = '' } = (error ?? {}) as Refusal;
  const first = message.split('\n', 1)[0];
  const options = { cause: error };
  const failed = `data lake: could not ${what} at ${url}`;

  if (untrusted.has(code))
    return new ConfigurationError(
      `${failed}: its certificate is not trusted (${code}). Set endpoints.caCertificate to the authority's PEM file.`,
      options,
    );
  if (unreachable.has(code))
    return new ConfigurationError(
      `${failed}: it does not answer (${first}). Check endpoints.dataLake.url, and that the environment is up.`,
      options,
    );
  if (
    name === 'CredentialUnavailableError' ||
    name === 'AggregateAuthenticationError' ||
    name === 'AuthenticationError'
  )
    return new ConfigurationError(
      `${failed}: there is no identity to sign in with (${first}). Sign in with 'az login', or give the host a managed identity.`,
      options,
    );
  if (statusCode === 401)
    return new ConfigurationError(
      `${failed}: the token was refused (${code}). Sign in to the tenant of this account.`,
      options,
    );
  if (statusCode === 403)
    return new ConfigurationError(
      `${failed}: not allowed (${code}). Give the identity the role 'Storage Blob Data Contributor' on the account.`,
      options,
    );
  if (statusCode === 400 && code === 'InvalidResourceName')
    return new ConfigurationError(`${failed}: names are 3 to 63 lower-case letters, digits and hyphens.`, options);
  return new InternalError(`${failed}: ${statusCode ?? ''} ${code} ${first}`.replace(/ +/g, ' ').trim(), options);
}
