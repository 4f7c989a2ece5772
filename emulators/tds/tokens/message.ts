import type { SqlError } from '../../tsql/sql-error.ts';
import type { ByteWriter } from '../byte-writer.ts';

/** ERROR and INFO (MS-TDS 2.2.7.10, 2.2.7.13) share one shape. */
const ERROR = 0xaa;
const INFO = 0xab;

/** The token's length is 16 bits; the server itself cuts messages at 2,047 characters, RAISERROR's limit. */
const MAX_CHARACTERS = 16_000;

export function writeError(writer: ByteWriter, error: SqlError, serverName: string): void {
  writeMessage(writer, ERROR, error, serverName);
}

export function writeInfo(
  writer: ByteWriter,
  info: { readonly number: number; readonly message: string; readonly severity: number; readonly state: number },
  serverName: string,
): void {
  writeMessage(writer, INFO, { ...info, procedure: '', line: 1 }, serverName);
}

function writeMessage(
  writer: ByteWriter,
  token: number,
  message: Pick<SqlError, 'number' | 'message' | 'severity' | 'state' | 'procedure' | 'line'>,
  serverName: string,
): void {
  writer.uint8(token);
  writer.prefixed(() => {
    writer.int32(message.number);
    writer.uint8(message.state);
    writer.uint8(message.severity);
    writer.longText(message.message.slice(0, MAX_CHARACTERS));
    writer.shortText(serverName);
    writer.shortText(message.procedure);
    writer.int32(message.line);
  });
}
