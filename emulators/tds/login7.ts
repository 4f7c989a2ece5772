import { ProtocolError } from './protocol-error.ts';

/** MS-TDS 2.2.6.4 */
export interface Login7 {
  /** As 0x74000004; 0x08000000 is TDS 8.0. */
  readonly tdsVersion: number;
  readonly packetBytes: number;
  readonly host: string;
  readonly user: string;
  readonly password: string;
  readonly application: string;
  readonly database: string;
  readonly integratedSecurity: boolean;
  readonly fedAuth: FedAuthRequest | null;
  readonly utf8Support: boolean;
}

/** `securityToken` brings the token along; `adal` wants FEDAUTHINFO first and sends the token in a packet of its own. */
export type FedAuthRequest =
  | { readonly library: 'securityToken'; readonly token: string }
  | { readonly library: 'adal' };

const FIXED_BYTES = 94;
const FLAGS2_INTEGRATED_SECURITY = 0x80;
const FLAGS3_EXTENSION = 0x10;

export const Feature = { fedAuth: 0x02, utf8Support: 0x0a, terminator: 0xff } as const;

/** Throws ProtocolError. */
export function parseLogin7(body: Buffer): Login7 {
  if (body.length < FIXED_BYTES)
    throw new ProtocolError(`LOGIN7 has ${body.length} bytes, at least ${FIXED_BYTES} belong`);

  const field = (at: number): Buffer => {
    const offset = body.readUInt16LE(at);
    const bytes = body.readUInt16LE(at + 2) * 2;
    if (bytes === 0) return Buffer.alloc(0);
    if (offset + bytes > body.length) throw new ProtocolError(`LOGIN7 field at ${at} lies outside the message`);
    return body.subarray(offset, offset + bytes);
  };
  const text = (at: number): string => field(at).toString('utf16le');
  const features = (body[27]! & FLAGS3_EXTENSION) === 0 ? { fedAuth: null, utf8Support: false } : parseFeatures(body);

  return {
    tdsVersion: body.readUInt32LE(4),
    packetBytes: body.readUInt32LE(8),
    host: text(36),
    user: text(40),
    password: unscramble(field(44)),
    application: text(48),
    database: text(68),
    integratedSecurity: (body[25]! & FLAGS2_INTEGRATED_SECURITY) !== 0,
    ...features,
  };
}

/** The password's bytes are sent with their halves swapped and 0xA5 on top: obfuscation, not protection. */
function unscramble(bytes: Buffer): string {
  const plain = Buffer.alloc(bytes.length);
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]! ^ 0xa5;
    plain[i] = ((byte << 4) | (byte >> 4)) & 0xff;
  }
  return plain.toString('utf16le');
}

/** The extension field points to a DWORD that points to the features (FeatureExt). */
function parseFeatures(body: Buffer): { fedAuth: FedAuthRequest | null; utf8Support: boolean } {
  const pointer = body.readUInt16LE(56);
  if (pointer + 4 > body.length) throw new ProtocolError('LOGIN7 extension lies outside the message');
  let fedAuth: FedAuthRequest | null = null;
  let utf8Support = false;
  for (let at = body.readUInt32LE(pointer); ; ) {
    const id = body[at];
    if (id === Feature.terminator) return { fedAuth, utf8Support };
    if (id === undefined || at + 5 > body.length) throw new ProtocolError('LOGIN7 features have no terminator');
    const length = body.readUInt32LE(at + 1);
    const data = body.subarray(at + 5, at + 5 + length);
    if (data.length !== length) throw new ProtocolError(`LOGIN7 feature ${id} lies outside the message`);
    if (id === Feature.fedAuth) fedAuth = parseFedAuth(data);
    if (id === Feature.utf8Support) utf8Support = true;
    at += 5 + length;
  }
}

function parseFedAuth(data: Buffer): FedAuthRequest {
  const library = (data[0] ?? 0) >> 1;
  if (library === 1) {
    const length = data.length < 5 ? 0 : data.readUInt32LE(1);
    if (length === 0 || 5 + length > data.length)
      throw new ProtocolError('LOGIN7 carries no federated-authentication token');
    return { library: 'securityToken', token: data.toString('utf16le', 5, 5 + length) };
  }
  if (library === 2) return { library: 'adal' };
  throw new ProtocolError(`LOGIN7 names federated-authentication library ${library}; 1 and 2 are known`);
}

/** The federated-authentication token message (MS-TDS 2.2.6.3). Throws ProtocolError. */
export function parseFedAuthToken(body: Buffer): string {
  if (body.length < 8) throw new ProtocolError(`federated-authentication token message has ${body.length} bytes`);
  const length = body.readUInt32LE(4);
  if (length === 0 || 8 + length > body.length) {
    throw new ProtocolError(`federated-authentication token of ${length} bytes lies outside the message`);
  }
  return body.toString('utf16le', 8, 8 + length);
}
