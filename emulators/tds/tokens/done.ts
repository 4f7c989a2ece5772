import type { ByteWriter } from '../byte-writer.ts';

/** DONE ends a statement of a batch, DONEINPROC one inside a procedure, DONEPROC the procedure (MS-TDS 2.2.7.6). */
export const DoneToken = { done: 0xfd, doneProc: 0xfe, doneInProc: 0xff } as const;

export const DoneStatus = {
  more: 0x01,
  error: 0x02,
  inTransaction: 0x04,
  count: 0x10,
  attention: 0x20,
} as const;

/** The command the count belongs to. */
export const Command = {
  other: 0,
  select: 0xc1,
  insert: 0xc3,
  delete: 0xc4,
  update: 0xc5,
  merge: 0x117,
  rollback: 0xd2,
  save: 0xd3,
  begin: 0xd4,
  commit: 0xd5,
  bulkInsert: 0xf0,
} as const;

export function writeDone(
  writer: ByteWriter,
  token: number,
  done: { readonly status: number; readonly command: number; readonly rows: number | bigint },
): void {
  writer.uint8(token);
  writer.uint16(done.status);
  writer.uint16(done.command);
  writer.uint64(BigInt(done.rows));
}
