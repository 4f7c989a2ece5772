import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openAuthority, type ServerCertificate } from './authority.ts';
import { managedIdentityEndpoint } from './managed-identity.ts';
import { type AccessToken, createTokens, type Principal } from './tokens.ts';

export type { ServerCertificate } from './authority.ts';
export { type AccessToken, type Principal, TokenError } from './tokens.ts';

export interface EntraOptions {
  /** Where the certificate authority is kept (mode 0600), to be trusted again after a restart. */
  readonly directory: string;
  readonly port?: number;
  readonly clock?: () => Date;
}

export interface Entra {
  readonly port: number;
  /** For the other emulators' servers: 127.0.0.1, ::1 and localhost. */
  readonly certificate: ServerCertificate;
  /** What `IDENTITY_ENDPOINT` and `IDENTITY_HEADER` are to be, so that `DefaultAzureCredential` signs in here. */
  readonly identity: { readonly endpoint: string; readonly header: string };
  /** A token without the way over HTTP, for emulators that call one another. */
  tokenFor(resource: string): Promise<AccessToken>;
  /**
   * Checks signature, issuer, lifetime and audience (with or without a trailing `/` or `/.default`).
   * @throws TokenError saying which of them failed.
   */
  verify(token: string, audience: string | readonly string[]): Promise<Principal>;
  close(): Promise<void>;
}

/** Starts the local stand-in for Entra ID: a certificate authority, a managed-identity endpoint and the token check. */
export async function startEntra({ directory, port = 0, clock = () => new Date() }: EntraOptions): Promise<Entra> {
  // The signing key takes longest, in a thread of its own.
  const [tokens, certificate] = await Promise.all([createTokens(clock), openAuthority(directory, clock())]);
  const header = randomBytes(24).toString('hex');

  const server = createServer(managedIdentityEndpoint(tokens, header));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  const bound = (server.address() as AddressInfo).port;

  return {
    port: bound,
    certificate,
    identity: { endpoint: `http://127.0.0.1:${bound}/msi/token`, header },
    tokenFor: tokens.issue,
    verify: tokens.verify,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
