import { Database, type Dialect, SqlSession } from '../../../emulators/sql-server/index.ts';
import type { Parameter, ResultSink } from '../../../emulators/tds/session.ts';
import { SqlError } from '../../../emulators/tsql/sql-error.ts';
import type { Column, SqlType, SqlValue } from '../../../emulators/tsql/sql-type.ts';

/** Everything a request sent back, with values as text: what a case in a table can state. */
export interface Answer {
  readonly sets: { columns: readonly Column[]; rows: string[][] }[];
  readonly counts: (number | bigint | null)[];
  readonly infos: string[];
  /** Numbers of errors, in order; the one that ended the request is last. */
  readonly errors: SqlError[];
  readonly outputs: Map<string, SqlValue>;
  /** The same in order: those that were sent by position have no names. */
  readonly outputList: SqlValue[];
  status: number | undefined;
}

export const PLAIN: Dialect = { engineEdition: 5, version: 'test' };
export const CLOCK = (): Date => new Date('2026-01-02T03:04:05.678Z');

export class Client {
  readonly session: SqlSession;

  constructor(session: SqlSession) {
    this.session = session;
  }

  async run(sql: string): Promise<Answer> {
    const answer = empty();
    await collect(answer, this.session.batch(sql, sinkOf(answer)));
    return answer;
  }

  async call(name: string, parameters: readonly Parameter[]): Promise<Answer> {
    const answer = empty();
    await collect(answer, this.session.procedure(name, parameters, sinkOf(answer)));
    return answer;
  }

  /** Runs a batch that must not fail. */
  async ok(sql: string): Promise<Answer> {
    const answer = await this.run(sql);
    if (answer.errors.length > 0) throw answer.errors[0];
    return answer;
  }

  /** Rows of the only result set, as `a|b` per row. */
  async rows(sql: string): Promise<string[]> {
    const answer = await this.ok(sql);
    return (answer.sets.at(-1)?.rows ?? []).map((row) => row.join('|'));
  }

  /** The error numbers a batch ends in. */
  async errors(sql: string): Promise<number[]> {
    return (await this.run(sql)).errors.map((each) => each.number);
  }
}

async function collect(answer: Answer, running: Promise<void>): Promise<void> {
  try {
    await running;
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    answer.errors.push(error);
  }
}

const empty = (): Answer => ({
  sets: [],
  counts: [],
  infos: [],
  errors: [],
  outputs: new Map(),
  outputList: [],
  status: undefined,
});

function sinkOf(answer: Answer): ResultSink {
  return {
    columns: async (columns) => {
      answer.sets.push({ columns, rows: [] });
    },
    rows: async (chunk) => {
      const set = answer.sets.at(-1);
      for (let row = 0; row < chunk.rows; row += 1) {
        set?.rows.push(
          chunk.values.map((values, index) => show(values[row] ?? null, set.columns[index]?.type ?? { name: 'int' })),
        );
      }
    },
    done: async (rows) => {
      answer.counts.push(rows);
    },
    info: (number, message) => {
      if (number !== 3621) answer.infos.push(message);
    },
    error: (error) => {
      answer.errors.push(error as SqlError);
    },
    output: (name, _, value) => {
      answer.outputs.set(name, value);
      answer.outputList.push(value);
    },
    returnStatus: (status) => {
      answer.status = status;
    },
    databaseChanged: () => undefined,
  };
}

export function show(value: SqlValue, type: SqlType): string {
  if (value === null) return 'NULL';
  if (value instanceof Uint8Array) return `0x${Buffer.from(value).toString('hex').toUpperCase()}`;
  switch (type.name) {
    case 'bit':
      return value === true ? '1' : '0';
    case 'decimal':
    case 'money':
    case 'smallmoney': {
      const scale = type.name === 'decimal' ? (type.scale ?? 0) : 4;
      const digits = String(value)
        .replace('-', '')
        .padStart(scale + 1, '0');
      const sign = String(value).startsWith('-') ? '-' : '';
      return scale === 0 ? sign + digits : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
    }
    case 'date':
      return new Date(Number(value) * 86_400_000).toISOString().slice(0, 10);
    case 'smalldatetime':
    case 'datetime':
    case 'datetime2':
      return new Date(Number((value as bigint) / 1000n)).toISOString().replace('T', ' ').slice(0, -1);
    default:
      return typeof value === 'object' ? JSON.stringify(value) : String(value);
  }
}

export interface Server {
  readonly database: Database;
  connect(): Promise<Client>;
  close(): Promise<void>;
}

/** A database of its own and clients on it. */
export async function start(
  options: { file?: string; dialect?: (database: Database) => Promise<Dialect>; clock?: () => Date } = {},
): Promise<Server> {
  const database = await Database.open({
    file: options.file ?? ':memory:',
    name: 'shop',
    clock: options.clock ?? CLOCK,
  });
  const dialect = options.dialect ? await options.dialect(database) : PLAIN;
  const sessions: SqlSession[] = [];
  return {
    database,
    async connect() {
      const session = await SqlSession.open(51 + sessions.length, database, dialect, {
        name: 'tester',
        application: 'jest',
        host: 'localhost',
      });
      sessions.push(session);
      return new Client(session);
    },
    async close() {
      for (const each of sessions) await each.close();
      database.close();
    },
  };
}
