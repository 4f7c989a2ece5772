import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CertifiedKey, createAuthority, issueServerCertificate, serverDays } from './certificate.ts';

const day = 24 * 60 * 60 * 1000;

export interface ServerCertificate extends CertifiedKey {
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
  const authority = kept ?? (await createAuthority(now));
  if (kept === undefined) await replace(secretFile, authority.key + authority.cert);
  await replace(caFile, authority.cert);
  return { ...(await issueServerCertificate(authority, now)), caFile };
}

function parse(pem: string, now: Date): CertifiedKey | undefined {
  try {
    const [, key, cert] = /^(-+BEGIN PRIVATE KEY-+\n.+?)(-+BEGIN CERTIFICATE-+\n.+)$/s.exec(pem) ?? [];
    if (key === undefined || cert === undefined) return undefined;
    const privateKey = createPrivateKey(key);
    const parsed = new X509Certificate(cert);
    const lasts = parsed.validToDate.getTime() - now.getTime() > serverDays * day;
    const begun = parsed.validFromDate.getTime() <= now.getTime();
    const fits = privateKey.asymmetricKeyDetails?.namedCurve === 'prime256v1' && parsed.checkPrivateKey(privateKey);
    return lasts && begun && fits ? { key, cert } : undefined;
  } catch {
    return undefined;
  }
}

async function replace(file: string, content: string): Promise<void> {
  const staged = `${file}.${process.pid}`;
  await writeFile(staged, content, { mode: 0o600 });
  await rename(staged, file);
}
