import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { issueCertificate } from './certificate.ts';

const day = 24 * 60 * 60 * 1000;
const authorityDays = 5 * 365;
const serverDays = 397;
const subject = 'Azure DataOps local authority';

export interface Authority {
  readonly certificate: string;
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

export interface ServerCertificate {
  /** PEM. */
  readonly key: string;
  /** PEM. */
  readonly cert: string;
  /** Where the authority's certificate (PEM) lies, for `NODE_EXTRA_CA_CERTS` and its like. */
  readonly caFile: string;
}

/**
 * The local certificate authority of a folder, and a fresh certificate for this run's servers. Key and certificate of the
 * authority are kept in one file, so that they can never be read half renewed; it is renewed when it cannot be read or
 * would not outlive a server certificate.
 */
export async function openAuthority(directory: string, now: Date): Promise<ServerCertificate> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const secretFile = join(directory, 'authority.pem');
  const caFile = join(directory, 'ca.pem');

  const kept = parse(await readFile(secretFile, 'utf8').catch(() => ''), now);
  const authority = kept ?? createAuthority(now);
  if (kept === undefined)
    await replace(
      secretFile,
      authority.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() + authority.certificate,
    );
  await replace(caFile, authority.certificate);
  return { ...createServerCertificate(authority, now), caFile };
}

function parse(pem: string, now: Date): Authority | undefined {
  try {
    const privateKey = createPrivateKey(pem);
    const certificate = /-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----\n?/.exec(pem)?.[0] ?? '';
    const parsed = new X509Certificate(certificate);
    const lasts = parsed.validToDate.getTime() - now.getTime() > serverDays * day;
    const begun = parsed.validFromDate.getTime() <= now.getTime();
    if (!lasts || !begun || !parsed.checkPrivateKey(privateKey)) return undefined;
    return { certificate, privateKey, publicKey: createPublicKey(privateKey) };
  } catch {
    return undefined;
  }
}

function createAuthority(now: Date): Authority {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const certificate = issueCertificate({
    subject,
    issuer: subject,
    publicKey: keys.publicKey,
    issuerKeys: keys,
    notBefore: new Date(now.getTime() - day),
    notAfter: new Date(now.getTime() + authorityDays * day),
    kind: 'authority',
  });
  return { certificate, ...keys };
}

function createServerCertificate(authority: Authority, now: Date): { key: string; cert: string } {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const cert = issueCertificate({
    subject: 'localhost',
    issuer: subject,
    publicKey: keys.publicKey,
    issuerKeys: authority,
    notBefore: new Date(now.getTime() - day),
    notAfter: new Date(now.getTime() + (serverDays - 1) * day),
    kind: 'server',
  });
  return { key: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), cert };
}

async function replace(file: string, content: string): Promise<void> {
  const staged = `${file}.${process.pid}`;
  await writeFile(staged, content, { mode: 0o600 });
  await rename(staged, file);
}
