import { notImplemented } from '../tsql/sql-error.ts';
import { skipAllHeaders } from './all-headers.ts';
import { ByteReader } from './byte-reader.ts';
import type { Collation } from './collation.ts';
import { ProtocolError } from './protocol-error.ts';
import type { Parameter } from './session.ts';
import { readTypeInfo } from './types/decoder.ts';

/** MS-TDS 2.2.6.6: procedures known by number. */
const PROCEDURE_BY_ID: readonly (string | undefined)[] = [
  undefined,
  'sp_cursor',
  'sp_cursoropen',
  'sp_cursorprepare',
  'sp_cursorexecute',
  'sp_cursorprepexec',
  'sp_cursorunprepare',
  'sp_cursorfetch',
  'sp_cursoroption',
  'sp_cursorclose',
  'sp_executesql',
  'sp_prepare',
  'sp_execute',
  'sp_prepexec',
  'sp_prepexecrpc',
  'sp_unprepare',
];
const NAMED_BY_ID = 0xffff;

const ParameterStatus = { output: 0x01, useDefault: 0x02, encrypted: 0x08 } as const;
/** Recompilation and reuse of metadata make no difference to the answer. */
const CallOption = { noMetadata: 0x02 } as const;
const BATCH_SEPARATOR = 0xff;
const NO_EXEC_SEPARATOR = 0xfe;

export interface Call {
  readonly procedure: string;
  readonly parameters: readonly Parameter[];
  /** The client has the columns from an earlier call and wants rows only. */
  readonly noMetadata: boolean;
  /** The message holds another call after this one. */
  readonly more: boolean;
}

/**
 * The calls of one RPC message, in order, each read only when asked for: one that cannot be read is preceded by those that
 * can. Throws SqlError for what is not implemented, ProtocolError and Shortfall for what is malformed.
 */
export function* parseRpc(body: Buffer, server: Collation): Generator<Call> {
  const reader = new ByteReader(body);
  skipAllHeaders(reader);
  while (reader.left > 0) yield readCall(reader, server);
}

function readCall(reader: ByteReader, server: Collation): Call {
  const procedure = readProcedure(reader);
  const options = reader.uint16();
  const noMetadata = (options & CallOption.noMetadata) !== 0;
  const parameters: Parameter[] = [];
  while (reader.left > 0) {
    const next = reader.peek();
    if (next === BATCH_SEPARATOR || next === NO_EXEC_SEPARATOR) {
      reader.uint8();
      if (next === NO_EXEC_SEPARATOR) throw notImplemented('the NoExec flag of remote procedure calls');
      return { procedure, parameters, noMetadata, more: reader.left > 0 };
    }
    const parameter = readParameter(reader, server);
    if (parameter !== null) parameters.push(parameter);
  }
  return { procedure, parameters, noMetadata, more: false };
}

function readProcedure(reader: ByteReader): string {
  const length = reader.uint16();
  if (length !== NAMED_BY_ID) return reader.utf16(length);
  const id = reader.uint16();
  const name = PROCEDURE_BY_ID[id];
  if (name === undefined) throw new ProtocolError(`RPC names procedure id ${id}; 1 to 15 are known`);
  return name;
}

/** Null for a parameter whose default is to be used: leaving it out says the same. */
function readParameter(reader: ByteReader, server: Collation): Parameter | null {
  const name = reader.shortText();
  const status = reader.uint8();
  if ((status & ParameterStatus.encrypted) !== 0) throw notImplemented('Always Encrypted parameters');
  const decoder = readTypeInfo(reader, 'parameter', server);
  const value = decoder.read(reader);
  if ((status & ParameterStatus.useDefault) !== 0) {
    if (name === '') throw notImplemented('DEFAULT for a parameter without a name');
    return null;
  }
  return { name, type: decoder.type, value, output: (status & ParameterStatus.output) !== 0 };
}
