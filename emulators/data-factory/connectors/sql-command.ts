import { Request } from 'tedious';
import { ActivityError, badDefinition } from '../runtime/activity-error.ts';
import { batchRows, type ColumnBatch, type ColumnBatches, type InterimValue } from './columns.ts';
import type { SqlCommand, SqlResult } from './connectors.ts';
import { messageOf, type SqlLease } from './sql-pool.ts';
import { bindParameter, type DriverColumn, declarationOf, readerOf, toJson } from './sql-types.ts';

/** Batches read ahead of the writer, before the server is asked to wait. */
const readAhead = 8;

interface Cell {
  readonly value: unknown;
}

interface Started {
  readonly request: Request;
  /** Stops the command. The connection is not used again. */
  readonly stop: (error: Error) => void;
  /** Settles when the server has said its last word; rejects with what stopped the command, or what the server said. */
  readonly ended: Promise<void>;
}

/** Sends a command. Listeners go on in `listen`, before anything can come back. */
function start(lease: SqlLease, command: SqlCommand, signal: AbortSignal, listen: (request: Request) => void): Started {
  const { kind, text, parameters, timeout } = command;
  const { connection } = lease;
  let finish: (error?: Error | null) => void = () => {};
  const request = new Request(text, (error) => finish(error as Error | null | undefined));
  let stopped: Error | undefined;
  const stop = (error: Error): void => {
    if (stopped !== undefined) return;
    stopped = error;
    lease.spoil();
    connection.cancel();
  };
  const abort = () => stop(signal.reason as Error);
  const ended = new Promise<void>((resolve, reject) => {
    const timer =
      timeout === 0
        ? undefined
        : setTimeout(
            () =>
              stop(
                new ActivityError('SqlTimeout', `The command did not end within ${timeout / 1000} s (queryTimeout).`),
              ),
            timeout,
          );
    signal.addEventListener('abort', abort, { once: true });
    finish = (error) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      if (stopped !== undefined) reject(stopped);
      else if (error == null) resolve();
      else reject(plainError(error));
    };
  });
  // Whoever waits for the end hears of it; until then it is no unhandled rejection.
  ended.catch(() => {});
  for (const parameter of parameters) {
    const { type, value, options } = bindParameter(parameter);
    if (parameter.output === true) request.addOutputParameter(parameter.name, type, value, options);
    else request.addParameter(parameter.name, type, value, options);
  }
  listen(request);
  if (kind === 'procedure') connection.callProcedure(request);
  else if (parameters.length > 0) connection.execSql(request);
  else connection.execSqlBatch(request);
  return { request, stop, ended };
}

/** Several errors of one request as one: all messages, and the number of the first that has one. */
function plainError(error: Error): Error {
  if (!(error instanceof AggregateError)) return error;
  const numbered = error.errors.find((one: { number?: unknown }) => one.number !== undefined) as
    | { number?: unknown }
    | undefined;
  return Object.assign(new Error(messageOf(error), { cause: error }), { number: numbered?.number });
}

/** The first result set of a command, as batches. Rows stay in the order the server sends them. */
export async function streamCommand(lease: SqlLease, command: SqlCommand, signal: AbortSignal): Promise<ColumnBatches> {
  signal.throwIfAborted();
  const ready: ColumnBatch[] = [];
  let readers: ReturnType<typeof readerOf>[] | undefined;
  let filling: InterimValue[][] = [];
  let ended = false;
  let failure: unknown;
  let wake = () => {};
  const empty = (): InterimValue[][] => (readers ?? []).map(() => []);

  const started = start(lease, command, signal, (request) => {
    request.on('columnMetadata', (columns) => {
      try {
        // Data Factory reads one result set, and a second is more likely a mistake than meant.
        if (readers !== undefined) throw badDefinition('The source answers with more than one result set.');
        readers = (columns as unknown as DriverColumn[]).map(readerOf);
        filling = empty();
        wake();
      } catch (error) {
        started.stop(error as Error);
      }
    });
    request.on('row', (row: readonly Cell[]) => {
      if (readers === undefined) return;
      try {
        for (let index = 0; index < readers.length; index++)
          filling[index]!.push(readers[index]!.read(row[index]!.value));
      } catch (error) {
        return started.stop(error as Error);
      }
      if (filling[0]!.length < batchRows) return;
      ready.push(filling);
      filling = empty();
      if (ready.length >= readAhead) request.pause();
      wake();
    });
  });
  started.ended.then(
    () => {
      if (filling[0] !== undefined && filling[0].length > 0) ready.push(filling);
      ended = true;
      wake();
    },
    (error: unknown) => {
      failure = error;
      ended = true;
      wake();
    },
  );
  const leave = (): void => {
    lease.abandon.delete(leave);
    if (!ended) started.stop(new ActivityError('Abandoned', 'The rest of the rows was not wanted.'));
  };
  lease.abandon.add(leave);

  const change = () =>
    new Promise<void>((resolve) => {
      wake = resolve;
    });
  while (readers === undefined && !ended) await change();
  if (failure !== undefined) throw failure;
  if (readers === undefined) throw badDefinition('The source answers with no result set.');

  async function* batches(): AsyncIterable<ColumnBatch> {
    try {
      for (;;) {
        if (failure !== undefined) throw failure;
        const batch = ready.shift();
        if (batch !== undefined) {
          if (ready.length === readAhead / 2) started.request.resume();
          yield batch;
        } else if (ended) return;
        else await change();
      }
    } finally {
      leave();
    }
  }
  return { columns: readers.map(({ column }) => column), batches: batches() };
}

/** Runs a command to its end and keeps all that it answers. */
export async function runCommand(lease: SqlLease, command: SqlCommand, signal: AbortSignal): Promise<SqlResult> {
  signal.throwIfAborted();
  const resultSets: Record<string, unknown>[][] = [];
  const messages: string[] = [];
  const outputParameters: Record<string, unknown> = {};
  let columns: readonly DriverColumn[] = [];
  let rowsAffected = 0;
  const onMessage = ({ message }: { readonly message: string }) => messages.push(message);
  lease.connection.on('infoMessage', onMessage);
  const { ended } = start(lease, command, signal, (request) => {
    request.on('columnMetadata', (metadata) => {
      columns = metadata as unknown as DriverColumn[];
      resultSets.push([]);
    });
    request.on('row', (row: readonly Cell[]) =>
      resultSets
        .at(-1)
        ?.push(
          Object.fromEntries(
            columns.map((column, index) => [column.colName, toJson(row[index]!.value, declarationOf(column))]),
          ),
        ),
    );
    request.on('returnValue', (name: string, value: unknown, metadata: unknown) => {
      outputParameters[name] = toJson(value, declarationOf(metadata as DriverColumn));
    });
    const count = (rows: number | undefined) => {
      rowsAffected += rows ?? 0;
    };
    request.on('done', count);
    request.on('doneInProc', count);
  });
  try {
    await ended;
  } finally {
    lease.connection.off('infoMessage', onMessage);
  }
  return { resultSets, rowsAffected, outputParameters, messages };
}
