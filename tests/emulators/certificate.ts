import { type CertifiedKey, createAuthority, issueServerCertificate } from '../../emulators/entra/certificate.ts';

export interface TestCertificate extends CertifiedKey {
  /** The authority that a client has to trust, PEM. */
  readonly ca: string;
}

/** A server certificate for 127.0.0.1, ::1 and localhost, of an authority that nobody else knows. */
export async function issueCertificate(): Promise<TestCertificate> {
  const now = new Date();
  const authority = await createAuthority(now);
  return { ...(await issueServerCertificate(authority, now)), ca: authority.cert };
}
