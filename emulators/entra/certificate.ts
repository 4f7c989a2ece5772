import { createHash, type KeyObject, randomBytes, sign } from 'node:crypto';
import {
  bitString,
  boolean,
  context,
  integer,
  objectIdentifier,
  octetString,
  sequence,
  set,
  time,
  utf8String,
} from './der.ts';

/** X.509 v3 certificates (RFC 5280) with ECDSA P-256 keys: an authority that vouches for loopback only, and its servers. */

export interface CertificateRequest {
  readonly subject: string;
  readonly issuer: string;
  readonly publicKey: KeyObject;
  /** Of the issuer: the subject's own for an authority. */
  readonly issuerKeys: { readonly publicKey: KeyObject; readonly privateKey: KeyObject };
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly kind: 'authority' | 'server';
}

const ecdsaWithSha256 = sequence(objectIdentifier('1.2.840.10045.4.3.2'));

const loopback4 = Buffer.from([127, 0, 0, 1]);
const loopback6 = Buffer.from('00000000000000000000000000000001', 'hex');
const localhost = context(2, Buffer.from('localhost', 'ascii'), 'primitive');
const address = (bytes: Buffer): Buffer => context(7, bytes, 'primitive');
const exactly = (bytes: Buffer): Buffer => address(Buffer.concat([bytes, Buffer.alloc(bytes.length, 0xff)]));

const name = (commonName: string): Buffer =>
  sequence(set(sequence(objectIdentifier('2.5.4.3'), utf8String(commonName))));

const keyIdentifier = (publicKey: KeyObject): Buffer =>
  createHash('sha1')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest();

const extension = (identifier: string, value: Buffer, critical = false): Buffer =>
  sequence(objectIdentifier(identifier), ...(critical ? [boolean(true)] : []), octetString(value));

function extensions(request: CertificateRequest): Buffer {
  const identifiers = [
    extension('2.5.29.14', octetString(keyIdentifier(request.publicKey))),
    extension('2.5.29.35', sequence(context(0, keyIdentifier(request.issuerKeys.publicKey), 'primitive'))),
  ];
  if (request.kind === 'server')
    return sequence(
      extension('2.5.29.19', sequence(), true),
      extension('2.5.29.15', bitString(Buffer.from([0b1000_0000]), 7), true), // digitalSignature
      extension('2.5.29.37', sequence(objectIdentifier('1.3.6.1.5.5.7.3.1'))), // serverAuth
      extension('2.5.29.17', sequence(localhost, address(loopback4), address(loopback6))),
      ...identifiers,
    );
  return sequence(
    extension('2.5.29.19', sequence(boolean(true), integer(Buffer.from([0]))), true),
    extension('2.5.29.15', bitString(Buffer.from([0b0000_0110]), 1), true), // keyCertSign, cRLSign
    // Whoever trusts this authority trusts it for this machine's loopback only, even if its key should leak.
    extension(
      '2.5.29.30',
      sequence(
        context(0, Buffer.concat([localhost, exactly(loopback4), exactly(loopback6)].map((base) => sequence(base)))),
      ),
      true,
    ),
    ...identifiers,
  );
}

/** Signs a certificate and returns it as PEM. */
export function issueCertificate(request: CertificateRequest): string {
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x01; // positive and never empty
  const body = sequence(
    context(0, integer(Buffer.from([2]))), // version 3
    integer(serial),
    ecdsaWithSha256,
    name(request.issuer),
    sequence(time(request.notBefore), time(request.notAfter)),
    name(request.subject),
    request.publicKey.export({ type: 'spki', format: 'der' }),
    context(3, extensions(request)),
  );
  const certificate = sequence(body, ecdsaWithSha256, bitString(sign('sha256', body, request.issuerKeys.privateKey)));
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
