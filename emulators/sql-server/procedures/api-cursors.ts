import type { ResultSink } from '../../tds/session.ts';
import { type BoundQuery, bindQuery, parseBatch } from '../../tsql/index.ts';
import { notImplemented, SqlError } from '../../tsql/sql-error.ts';
import type { Column, ColumnChunk, SqlType } from '../../tsql/sql-type.ts';
import { BEFORE_FIRST, cut, type FetchBuffer, FetchType, move } from '../cursor-window.ts';
import { cancelled, type Engine } from '../engine.ts';
import { Frame } from '../frame.ts';
import { stream } from '../run.ts';
import { executeText, type Outcome } from './execute.ts';
import type { Formal, Given } from './invocation.ts';
import { type Assigned, assign, parseDefinitions } from './sp-executesql.ts';

/**
 * API cursors: sp_cursoropen and its like, by which drivers scroll through a result on the server. All are static and read only: a
 * client that asks for another kind is told which it got, as the server does where it cannot build the kind asked for.
 * https://learn.microsoft.com/sql/relational-databases/system-stored-procedures/cursor-stored-procedures-transact-sql
 */

const Scroll = {
  forwardOnly: 0x04,
  static: 0x08,
  fastForward: 0x10,
  kinds: 0x1f,
  autoFetch: 0x2000,
  autoClose: 0x4000,
};
const Concurrency = { readOnly: 0x01, kinds: 0x0f, allowDirect: 0x2000 };
/** Return codes. */
const Status = { ok: 0, adjusted: 2, closed: 0x10 };
/** The column that follows those of the query in each row: whether the row could be fetched. */
const ROW_STATUS: Column = { name: 'ROWSTAT', type: { name: 'int' }, nullable: false, hidden: true };
const FETCHED = 1;
/** Rows of AUTO_FETCH where the client does not say. */
const AUTO_FETCH_ROWS = 20;
const ALL_CURSORS = -1;

const int: SqlType = { name: 'int' };

interface ApiCursor {
  readonly scroll: number;
  readonly columns: readonly Column[];
  readonly chunks: readonly ColumnChunk[];
  readonly total: number;
  at: FetchBuffer;
}

interface Options {
  readonly scroll: number;
  readonly concurrency: number;
  /** Rows for AUTO_FETCH. */
  readonly rows: number;
}

export class ApiCursors {
  readonly #engine: Engine;
  readonly #open = new Map<number, ApiCursor>();
  readonly #prepared = new Map<number, { readonly text: string; readonly formals: readonly Formal[] }>();
  #handles = 180_150_000;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** @param name lower case. undefined: not one of these procedures. */
  async call(name: string, given: readonly Given[], sink: ResultSink): Promise<Outcome | undefined> {
    const number = (position: number, otherwise = 0): number => Number(given[position]?.argument?.value ?? otherwise);
    const text = (position: number): string => String(given[position]?.argument?.value ?? '');
    switch (name) {
      case 'sp_cursoropen': {
        const options = { scroll: number(2, Scroll.static), concurrency: number(3, 1), rows: number(4) };
        // The definitions of the parameters, where there are any, come before their values.
        const formals = parseDefinitions(text(5));
        const opened = await this.#openCursor(text(1), formals, given.slice(6), options, sink);
        return results(opened, { 0: 'handle', 2: 'scroll', 3: 'concurrency', 4: 'rows' });
      }
      case 'sp_cursorprepare': {
        const handle = this.#prepare(text(1), text(2));
        const kind = kindOf({ scroll: number(4, Scroll.static), concurrency: 1, rows: 0 });
        return outcome([
          [0, handle],
          [4, kind.scroll],
          [5, kind.concurrency],
        ]);
      }
      case 'sp_cursorexecute': {
        const { text: query, formals } = this.#find(number(0));
        const options = { scroll: number(2, Scroll.static), concurrency: number(3, 1), rows: number(4) };
        const opened = await this.#openCursor(query, formals, given.slice(5), options, sink);
        return results(opened, { 1: 'handle', 2: 'scroll', 3: 'concurrency', 4: 'rows' });
      }
      case 'sp_cursorprepexec': {
        const handle = this.#prepare(text(2), text(3));
        const options = { scroll: number(4, Scroll.static), concurrency: number(5, 1), rows: number(6) };
        const { formals } = this.#find(handle);
        const opened = await this.#openCursor(text(3), formals, given.slice(7), options, sink);
        const { outputs, status } = results(opened, { 1: 'handle', 4: 'scroll', 5: 'concurrency', 6: 'rows' });
        return { outputs: new Map([...outputs, ['#0', { type: int, value: handle }]]), status };
      }
      case 'sp_cursorunprepare':
        this.#prepared.delete(this.#known(this.#prepared, number(0), name));
        return outcome([]);
      case 'sp_cursorfetch':
        return this.#fetch(number(0), number(1, FetchType.next), number(2), number(3, AUTO_FETCH_ROWS), sink);
      case 'sp_cursorclose':
        if (number(0) === ALL_CURSORS) this.#open.clear();
        else this.#open.delete(this.#known(this.#open, number(0), name));
        return outcome([]);
      case 'sp_cursor':
        this.#known(this.#open, number(0), name);
        throw new SqlError(16929, 'The cursor is READ ONLY.');
      case 'sp_cursoroption':
        throw notImplemented('sp_cursoroption');
      default:
        return undefined;
    }
  }

  clear(): void {
    this.#open.clear();
    this.#prepared.clear();
  }

  #prepare(definitions: string, text: string): number {
    parseBatch(text);
    this.#handles += 1;
    this.#prepared.set(this.#handles, { text, formals: parseDefinitions(definitions) });
    return this.#handles;
  }

  #find(handle: number): { readonly text: string; readonly formals: readonly Formal[] } {
    const found = this.#prepared.get(handle);
    if (!found) throw new SqlError(8179, `Could not find prepared statement with handle ${handle}.`);
    return found;
  }

  #known(map: ReadonlyMap<number, unknown>, handle: number, procedure: string): number {
    if (map.has(handle)) return handle;
    const written = `${procedure}: The cursor identifier value provided (${handle.toString(16)}) is not valid.`;
    throw new SqlError(16909, written);
  }

  /** undefined: the statement was run without a cursor, as the client allows it. */
  async #openCursor(
    text: string,
    formals: readonly Formal[],
    values: readonly Given[],
    options: Options,
    sink: ResultSink,
  ): Promise<Opened | undefined> {
    const engine = this.#engine;
    const parameters = await assign(engine, formals, values);
    const frame = new Frame();
    for (const each of parameters.values) frame.declare(each.name, each.type, each.value);
    const found = await engine.within(frame, async () => {
      const bound = await cursorQuery(engine, text);
      return bound ? { ...(await this.#read(bound)), columns: bound.columns } : undefined;
    });
    if (!found) return this.#direct(text, parameters, options, sink);
    const kind = kindOf(options);
    if (kind.scroll !== (options.scroll & Scroll.kinds)) {
      sink.info(16956, 'The created cursor is not of the requested type.', 10, 1);
    }
    const cursor: ApiCursor = { ...found, scroll: kind.scroll, at: BEFORE_FIRST };
    this.#handles += 1;
    const handle = this.#handles;
    this.#open.set(handle, cursor);
    engine.cursorRows = found.total;
    await sink.columns([...found.columns, ROW_STATUS]);
    let status = Status.ok;
    if ((options.scroll & Scroll.autoFetch) !== 0) {
      const rows = options.rows || AUTO_FETCH_ROWS;
      await this.#show(cursor, move(cursor.at, cursor.total, FetchType.next, 0, rows) ?? cursor.at, sink);
      if ((options.scroll & Scroll.autoClose) !== 0 && cursor.at.rows < rows) {
        this.#open.delete(handle);
        status = Status.closed;
      }
    } else await sink.done(0, 'select');
    return { handle, ...kind, rows: kind.scroll === Scroll.static ? found.total : -1, status };
  }

  async #direct(text: string, { values }: Assigned, options: Options, sink: ResultSink): Promise<undefined> {
    if ((options.concurrency & Concurrency.allowDirect) === 0) {
      throw new SqlError(
        16937,
        'A server cursor cannot be opened on the given statement or statements. Use a default result set or client cursor.',
      );
    }
    sink.info(16954, 'Executing SQL directly; no cursor.', 10, 1);
    await executeText(this.#engine, text, values, sink);
    return undefined;
  }

  async #read(bound: BoundQuery): Promise<{ chunks: ColumnChunk[]; total: number }> {
    const engine = this.#engine;
    const types = bound.columns.map((each) => each.type);
    const read = stream(engine.connection, bound.sql, engine.args(bound.parameters), types, () => engine.cancelled);
    const chunks: ColumnChunk[] = [];
    let total = 0;
    for await (const chunk of read) {
      if (engine.cancelled) throw cancelled();
      chunks.push(chunk);
      total += chunk.rows;
    }
    return { chunks, total };
  }

  async #fetch(handle: number, type: number, row: number, rows: number, sink: ResultSink): Promise<Outcome> {
    const cursor = this.#open.get(this.#known(this.#open, handle, 'sp_cursorfetch'));
    if (!cursor) throw new Error('the cursor is known');
    if (type === FetchType.info) {
      return outcome([
        [2, Math.min(cursor.at.from + 1, cursor.total)],
        [3, cursor.total],
      ]);
    }
    const forwardOnly = cursor.scroll !== Scroll.static;
    if (forwardOnly && type !== FetchType.next && type !== FetchType.refresh) {
      throw new SqlError(
        16911,
        `sp_cursorfetch: The fetch type ${fetchName(type)} cannot be used with forward only cursors.`,
      );
    }
    const fetched = move(cursor.at, cursor.total, type, row, Math.abs(rows));
    if (!fetched) throw new SqlError(16902, "sp_cursorfetch: The value of the parameter 'fetchtype' is invalid.");
    await sink.columns([...cursor.columns, ROW_STATUS]);
    await this.#show(cursor, fetched, sink);
    return { outputs: new Map(), status: fetched.adjusted ? Status.adjusted : Status.ok };
  }

  async #show(cursor: ApiCursor, buffer: FetchBuffer, sink: ResultSink): Promise<void> {
    cursor.at = { from: buffer.from, rows: buffer.rows };
    for (const chunk of cut(cursor.chunks, buffer, FETCHED)) await sink.rows(chunk);
    this.#engine.fetchStatus = buffer.rows > 0 ? 0 : -1;
    this.#engine.rowCount = BigInt(buffer.rows);
    await sink.done(buffer.rows, 'select');
  }
}

interface Opened extends Options {
  readonly handle: number;
  readonly status: number;
}

/** The kind of cursor that is built for a request. */
function kindOf(options: Options): Options {
  const asked = options.scroll & Scroll.kinds;
  const forward = asked === Scroll.forwardOnly || asked === Scroll.fastForward;
  return { scroll: forward ? asked : Scroll.static, concurrency: Concurrency.readOnly, rows: options.rows };
}

/** A cursor stands over one SELECT that returns rows; anything else has none. */
async function cursorQuery(engine: Engine, text: string): Promise<BoundQuery | undefined> {
  const [statement, second] = parseBatch(text).statements;
  if (statement?.kind !== 'select statement' || second) return undefined;
  await engine.dialect.prepare?.(engine, statement);
  const bound = bindQuery(statement.query, engine.context());
  return bound.into || bound.assign ? undefined : bound;
}

const fetchName = (type: number): string =>
  Object.entries(FetchType).find(([, value]) => value === type)?.[0] ?? String(type);

const outcome = (outputs: readonly (readonly [position: number, value: number])[], status = Status.ok): Outcome => ({
  outputs: new Map(outputs.map(([position, value]) => [`#${position}`, { type: int, value }])),
  status,
});

/** Without a cursor the server returns none of the parameters that describe one. */
function results(
  opened: Opened | undefined,
  places: Readonly<Record<number, 'handle' | 'scroll' | 'concurrency' | 'rows'>>,
): Outcome {
  if (!opened) return outcome([]);
  return outcome(
    Object.entries(places).map(([position, name]) => [Number(position), opened[name]]),
    opened.status,
  );
}
