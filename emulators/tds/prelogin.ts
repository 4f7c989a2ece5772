import { ProtocolError } from './protocol-error.ts';

/** MS-TDS 2.2.6.5 */
const Option = {
  version: 0x00,
  encryption: 0x01,
  instance: 0x02,
  threadId: 0x03,
  mars: 0x04,
  fedAuthRequired: 0x06,
} as const;
const TERMINATOR = 0xff;

export const Encryption = { off: 0x00, on: 0x01, notSupported: 0x02, required: 0x03 } as const;

export interface Prelogin {
  /** One of Encryption, without the client-certificate bits. */
  readonly encryption: number;
  /** The client asks whether federated authentication is offered. */
  readonly fedAuth: boolean;
}

/** Throws ProtocolError. */
export function parsePrelogin(body: Buffer): Prelogin {
  let encryption: number = Encryption.notSupported;
  let fedAuth = false;
  for (let at = 0; ; at += 5) {
    const option = body[at];
    if (option === TERMINATOR) return { encryption, fedAuth };
    if (option === undefined || at + 5 > body.length) throw new ProtocolError('PRELOGIN has no terminator');
    const offset = body.readUInt16BE(at + 1);
    const length = body.readUInt16BE(at + 3);
    if (offset + length > body.length) throw new ProtocolError(`PRELOGIN option ${option} lies outside the message`);
    if (option === Option.encryption && length > 0) encryption = body[offset]! & 0x0f;
    if (option === Option.fedAuthRequired && length > 0) fedAuth = body[offset] === 1;
  }
}

/**
 * Encryption of the whole connection when the client wants it, none when it does not: the listener is on loopback, so the
 * mode that encrypts the login alone (both sides OFF) is not offered.
 */
export function chooseEncryption(client: number, alreadyEncrypted: boolean): number {
  if (alreadyEncrypted) return client;
  return client === Encryption.on || client === Encryption.required ? Encryption.on : Encryption.notSupported;
}

export function buildPrelogin(options: {
  readonly version: readonly [number, number, number];
  readonly encryption: number;
  readonly fedAuth: boolean;
}): Buffer {
  const [major, minor, build] = options.version;
  const values: [number, Buffer][] = [
    [Option.version, Buffer.from([major, minor, build >> 8, build & 0xff, 0, 0])],
    [Option.encryption, Buffer.from([options.encryption])],
    [Option.instance, Buffer.from([0])],
    [Option.threadId, Buffer.alloc(0)],
    [Option.mars, Buffer.from([0])],
  ];
  if (options.fedAuth) values.push([Option.fedAuthRequired, Buffer.from([1])]);

  const heads: Buffer[] = [];
  let offset = values.length * 5 + 1;
  for (const [option, value] of values) {
    const head = Buffer.alloc(5);
    head[0] = option;
    head.writeUInt16BE(offset, 1);
    head.writeUInt16BE(value.length, 3);
    heads.push(head);
    offset += value.length;
  }
  return Buffer.concat([...heads, Buffer.from([TERMINATOR]), ...values.map(([, value]) => value)]);
}
