import 'reflect-metadata'; // has to come before the library, whose decorators use it
import * as x509 from '@peculiar/x509';

/** X.509 v3 certificates (RFC 5280) with ECDSA P-256 keys: an authority that vouches for loopback only, and its servers. */

/** A certificate and its private key (PKCS #8), both PEM. */
export interface CertifiedKey {
  readonly key: string;
  readonly cert: string;
}

const day = 24 * 60 * 60 * 1000;
const authorityDays = 5 * 365;
/** How long a server certificate lasts; clients refuse more than 398 days. */
export const serverDays = 397;

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/**
 * The extension that the library has no class for (RFC 5280 section 4.2.1.10), critical. Whoever trusts the authority trusts
 * it for this machine's loopback only, even if its key should leak.
 */
const loopbackOnly = new x509.Extension(
  '2.5.29.30',
  true,
  Buffer.from(
    [
      '303fa03d', // NameConstraints, permittedSubtrees [0]
      '300b8209' + '6c6f63616c686f7374', // dNSName localhost
      '300a8708' + '7f000001' + 'ffffffff', // iPAddress 127.0.0.1/32
      '30228720' + '00000000000000000000000000000001' + 'ffffffffffffffffffffffffffffffff', // iPAddress ::1/128
    ].join(''),
    'hex',
  ),
);

/** A new authority, self-signed, for five years. */
export async function createAuthority(now: Date): Promise<CertifiedKey> {
  const keys = await generateKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=Azure DataOps local authority',
    keys,
    notBefore: new Date(now.getTime() - day),
    notAfter: new Date(now.getTime() + authorityDays * day),
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      loopbackOnly,
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return certified(keys, certificate);
}

/** A certificate of the authority for a server on 127.0.0.1, ::1 and localhost. */
export async function issueServerCertificate(authority: CertifiedKey, now: Date): Promise<CertifiedKey> {
  const issuer = new x509.X509Certificate(authority.cert);
  const issuerId = issuer.getExtension(x509.SubjectKeyIdentifierExtension);
  const keys = await generateKeys();
  const certificate = await x509.X509CertificateGenerator.create({
    subject: 'CN=localhost',
    issuer: issuer.subjectName,
    publicKey: keys.publicKey,
    signingKey: await crypto.subtle.importKey('pkcs8', x509.PemConverter.decodeFirst(authority.key), algorithm, false, [
      'sign',
    ]),
    notBefore: new Date(now.getTime() - day),
    notAfter: new Date(now.getTime() + (serverDays - 1) * day),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([
        { type: 'dns', value: 'localhost' },
        { type: 'ip', value: '127.0.0.1' },
        { type: 'ip', value: '::1' },
      ]),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      // Taken over, not computed: an authority on disk may have made its identifier another way.
      ...(issuerId ? [new x509.AuthorityKeyIdentifierExtension(issuerId.keyId)] : []),
    ],
  });
  return certified(keys, certificate);
}

const generateKeys = () => crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);

const certified = async (keys: CryptoKeyPair, certificate: x509.X509Certificate): Promise<CertifiedKey> => ({
  key: `${x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', keys.privateKey), x509.PemConverter.PrivateKeyTag)}\n`,
  cert: `${certificate.toString('pem')}\n`,
});
