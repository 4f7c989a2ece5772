import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { startDataLake } from '../../../emulators/data-lake/index.ts';
import type { Entra } from '../../../emulators/entra/index.ts';
import { type Parameter, type ResultSink, type Session, startTdsServer } from '../../../emulators/tds/index.ts';
import { SqlError } from '../../../emulators/tsql/sql-error.ts';
import type { Column, ColumnChunk, SqlValue } from '../../../emulators/tsql/sql-type.ts';

/** The services a pipeline reaches, over their real protocols; what SQL answers is the test's own. */

export interface Answer {
  readonly columns: readonly Column[];
  readonly chunks: Iterable<ColumnChunk> | AsyncIterable<ColumnChunk>;
}

/** Answers a procedure (by name) or a query (by text). Throws SqlError. */
export type AnswerSql = (command: string, parameters: Readonly<Record<string, SqlValue>>) => Answer | undefined;

class ScriptedSession implements Session {
  readonly #answer: AnswerSql;
  transactionCount = 0;

  constructor(answer: AnswerSql) {
    this.#answer = answer;
  }

  async batch(sql: string, sink: ResultSink): Promise<void> {
    // What a driver sends to set its connection up.
    if (/^\s*set /i.test(sql)) return sink.done(null, 'other');
    return this.#send(sql, [], sink);
  }

  procedure(name: string, parameters: readonly Parameter[], sink: ResultSink): Promise<void> {
    return name.toLowerCase() === 'sp_executesql'
      ? this.#send(String(parameters[0]?.value), parameters.slice(2), sink)
      : this.#send(name, parameters, sink);
  }

  async #send(command: string, parameters: readonly Parameter[], sink: ResultSink): Promise<void> {
    // How the connection pool sees whether a connection lives.
    const answer =
      command === 'SELECT 1;' ? table({ '': { name: 'int' } }, [[1]]) : this.#answered(command, parameters);
    if (answer === undefined) return sink.done(null, 'other');
    await sink.columns(answer.columns);
    let rows = 0;
    for await (const chunk of answer.chunks) {
      await sink.rows(chunk);
      rows += chunk.rows;
    }
    await sink.done(rows, 'select');
  }

  #answered(command: string, parameters: readonly Parameter[]): Answer | undefined {
    return this.#answer(
      command,
      Object.fromEntries(parameters.map(({ name, value }) => [name.replace(/^@/, ''), value])),
    );
  }

  bulkLoad(): Promise<number> {
    throw new SqlError(50000, 'no bulk load here');
  }
  async begin(): Promise<void> {}
  async commit(): Promise<void> {}
  async rollback(): Promise<void> {}
  async save(): Promise<void> {}
  async reset(): Promise<void> {}
  async close(): Promise<void> {}
  cancel(): void {}
}

/** One result set, from rows of plain values. */
export function table(
  columns: Readonly<Record<string, Column['type']>>,
  rows: readonly (readonly SqlValue[])[],
): Answer {
  const list = Object.entries(columns).map(([name, type]) => ({ name, type, nullable: true }));
  return {
    columns: list,
    chunks: [{ rows: rows.length, values: list.map((_, index) => rows.map((row) => row[index]!)) }],
  };
}

export interface JobRun {
  readonly request: Readonly<Record<string, unknown>>;
  readonly token: string;
}

export interface Services {
  readonly sqlServer: string;
  readonly lakeUrl: string;
  readonly lakeRoot: string;
  readonly databricksUrl: string;
  /** What run-now was asked. */
  readonly jobRuns: JobRun[];
  /** How the next runs end. */
  jobResult: 'SUCCESS' | 'FAILED' | 'never';
  readonly cancelled: string[];
  close(): Promise<void>;
}

export async function startServices(entra: Entra, directory: string, answer: AnswerSql): Promise<Services> {
  const sql = await startTdsServer({
    tls: entra.certificate,
    open: async ({ token, password }) => {
      if (token !== undefined) await entra.verify(token, 'https://database.windows.net');
      else if (password !== 'secret') throw new SqlError(18456, 'Login failed.', { severity: 14 });
      return new ScriptedSession(answer);
    },
  });
  const lakeRoot = join(directory, 'lake');
  const lake = await startDataLake({
    root: lakeRoot,
    account: 'testlake',
    key: Buffer.from('a key of the test lake').toString('base64'),
    tls: entra.certificate,
    verifyToken: entra.verify,
  });
  const services = {
    jobRuns: [] as JobRun[],
    jobResult: 'SUCCESS' as Services['jobResult'],
    cancelled: [] as string[],
  };
  const databricks = createServer({ ...entra.certificate }, async (request, reply) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const token = request.headers.authorization!.slice('Bearer '.length);
    const verified = await entra.verify(token, '2ff814a6-3304-4ab8-85cb-cd0e6f879c1d').then(
      () => true,
      () => false,
    );
    const path = request.url!.split('?')[0];
    const send = (status: number, body: unknown) =>
      reply.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (!verified) return send(403, { error_code: 'PERMISSION_DENIED', message: 'Invalid token' });
    if (path === '/api/2.2/jobs/run-now') {
      services.jobRuns.push({ request: JSON.parse(text), token });
      return reply.end('{"run_id":9007199254740993,"number_in_job":1}');
    }
    if (path === '/api/2.2/jobs/runs/cancel') {
      services.cancelled.push(text);
      return send(200, {});
    }
    const running = services.jobResult === 'never';
    return send(200, {
      run_page_url: 'https://databricks.example/runs/1',
      state: running
        ? { life_cycle_state: 'RUNNING' }
        : { life_cycle_state: 'TERMINATED', result_state: services.jobResult, state_message: 'told so' },
    });
  });
  await new Promise<void>((resolve) => databricks.listen(0, '127.0.0.1', resolve));
  return Object.assign(services, {
    sqlServer: `127.0.0.1,${sql.port}`,
    lakeUrl: lake.url,
    lakeRoot,
    databricksUrl: `https://127.0.0.1:${(databricks.address() as AddressInfo).port}`,
    async close() {
      await sql.close();
      await lake.close();
      databricks.closeAllConnections();
      await new Promise((resolve) => databricks.close(resolve));
    },
  });
}
