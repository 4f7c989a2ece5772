import type { ByteWriter } from '../byte-writer.ts';
import { Feature } from '../login7.ts';

const LOGIN_ACK = 0xad;
const FEATURE_EXT_ACK = 0xae;
const FED_AUTH_INFO = 0xee;
const INTERFACE_TSQL = 1;
const FED_AUTH_STS_URL = 1;
const FED_AUTH_SPN = 2;

/** LOGINACK (MS-TDS 2.2.7.14). Here, and only here, the TDS version is big-endian. */
export function writeLoginAck(
  writer: ByteWriter,
  tdsVersion: number,
  [major, minor, build]: readonly [number, number, number],
): void {
  writer.uint8(LOGIN_ACK);
  writer.prefixed(() => {
    writer.uint8(INTERFACE_TSQL);
    writer.uint32BigEndian(tdsVersion);
    writer.shortText('Microsoft SQL Server');
    writer.uint8(major);
    writer.uint8(minor);
    writer.uint8(build >> 8);
    writer.uint8(build & 0xff);
  });
}

/** FEATUREEXTACK (MS-TDS 2.2.7.11), of the features that were asked for and are there. Nothing when there is none. */
export function writeFeatureExtAck(
  writer: ByteWriter,
  features: { readonly fedAuth: boolean; readonly utf8Support: boolean },
): void {
  if (!features.fedAuth && !features.utf8Support) return;
  writer.uint8(FEATURE_EXT_ACK);
  if (features.fedAuth) {
    writer.uint8(Feature.fedAuth);
    writer.uint32(0);
  }
  if (features.utf8Support) {
    writer.uint8(Feature.utf8Support);
    writer.uint32(1);
    writer.uint8(1);
  }
  writer.uint8(Feature.terminator);
}

/** FEDAUTHINFO (MS-TDS 2.2.7.12): where the client gets its token (STS URL) and for which resource (SPN). */
export function writeFedAuthInfo(writer: ByteWriter, stsUrl: string, spn: string): void {
  const values = [
    [FED_AUTH_STS_URL, Buffer.from(stsUrl, 'utf16le')],
    [FED_AUTH_SPN, Buffer.from(spn, 'utf16le')],
  ] as const;
  const heads = 4 + values.length * 9;
  writer.uint8(FED_AUTH_INFO);
  writer.uint32(values.reduce((sum, [, value]) => sum + value.length, heads));
  writer.uint32(values.length);
  let offset = heads;
  for (const [id, value] of values) {
    writer.uint8(id);
    writer.uint32(value.length);
    writer.uint32(offset);
    offset += value.length;
  }
  for (const [, value] of values) writer.raw(value);
}
