import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { SqlError } from '../../../emulators/tsql/sql-error.ts';
import type { SqlValue } from '../../../emulators/tsql/sql-type.ts';
import { type Fixture, startFixture } from './harness.ts';
import { type Answer, type Services, startServices, table } from './services.ts';

const root = join(import.meta.dirname, '../../../adf');
const text = { name: 'nvarchar', length: 400 } as const;
const lsn = (value: number) => `0x${value.toString(16).toUpperCase().padStart(20, '0')}`;

/** A source database of two tables: as much of etl.* as the pipelines see. */
class Source {
  readonly commits: Record<string, SqlValue>[] = [];
  readonly planned: Record<string, SqlValue>[] = [];
  modes: Record<string, string> = { orders: 'changes', customers: 'snapshot', returns: 'none' };
  lie = 0;
  lost = '';

  answer(command: string, parameters: Readonly<Record<string, SqlValue>>): Answer | undefined {
    switch (command) {
      case 'etl.list_tables':
        return table(
          { table_name: text, capture_instance: text, to_lsn: text },
          Object.keys(this.modes).map((name) => [name, `dbo_${name}`, lsn(99)]),
        );
      case 'etl.plan_window': {
        this.planned.push(parameters);
        const name = String(parameters['table_name']);
        if (name === this.lost && parameters['resnapshot'] !== true)
          throw new SqlError(50001, `The position of ${name} is lost.`);
        return table(
          {
            mode: text,
            from_lsn: text,
            to_lsn: text,
            folder: text,
            file: text,
            query: text,
            source_rows: { name: 'bigint' },
          },
          [
            [
              this.modes[name]!,
              lsn(7),
              lsn(99),
              `${name}/from_lsn=${lsn(7).slice(2)}`,
              `${name}.parquet`,
              `select ${name}`,
              this.modes[name] === 'none' ? 0n : 3n + BigInt(this.lie),
            ],
          ],
        );
      }
      case 'etl.commit_window':
        this.commits.push(parameters);
        return undefined;
      case 'select orders':
      case 'select customers':
        return table(
          {
            _lsn: text,
            id: { name: 'bigint' },
            amount: { name: 'decimal', precision: 12, scale: 2 },
            at: { name: 'datetime2', scale: 3 },
          },
          [3n, 1n, 2n].map((id) => [lsn(8), id, id * 100n + 5n, 1_700_000_000_123_000n]),
        );
      default:
        throw new SqlError(2812, `Could not find stored procedure '${command}'.`);
    }
  }
}

describe('the factory in git', () => {
  let fixture: Fixture;
  let services: Services;
  let source: Source;

  beforeAll(async () => {
    fixture = await startFixture({ connectors: undefined });
    services = await startServices(fixture.entra, fixture.directory, (command, parameters) =>
      source.answer(command, parameters),
    );
    mkdirSync(join(services.lakeRoot, 'bronze'), { recursive: true });
    const read = (folder: string) =>
      readdirSync(join(root, folder)).map((file) => JSON.parse(readFileSync(join(root, folder, file), 'utf8')));
    const [factory] = read('factory');
    factory.properties.globalParameters.databricksJobId.value = '12';
    expect((await fixture.call('PUT', '', { location: 'local', ...factory })).status).toBe(200);
    const services_ = read('linkedService');
    const properties = (name: string) => services_.find((one) => one.name === name).properties.typeProperties;
    properties('ls_azure_sql').server = services.sqlServer;
    properties('ls_data_lake').url = services.lakeUrl;
    properties('ls_databricks').domain = services.databricksUrl;
    for (const one of services_) await fixture.publish('linkedservices', one.name, one.properties);
    for (const one of read('dataset')) await fixture.publish('datasets', one.name, one.properties);
    for (const one of read('pipeline')) await fixture.publish('pipelines', one.name, one.properties);
  });
  beforeEach(() => {
    source = new Source();
    services.jobRuns.length = 0;
    services.jobResult = 'SUCCESS';
  });
  afterAll(async () => {
    await services.close();
    await fixture.close();
  });

  const run = async (parameters = {}) => fixture.ended(await fixture.start('pl_ecommerce', parameters));
  const bronze = (table: string) =>
    join(services.lakeRoot, 'bronze', table, `from_lsn=${lsn(7).slice(2)}`, `${table}.parquet`);

  test('copies every table, commits what arrived, then runs the job', async () => {
    const { status, message, runId } = await run();
    expect({ status, message }).toEqual({ status: 'Succeeded', message: '' });
    expect(
      source.commits
        .map(({ table_name, mode, from_lsn, to_lsn, path, row_count }) => ({
          table_name,
          mode,
          from_lsn,
          to_lsn,
          path,
          row_count,
        }))
        .toSorted((a, b) => (String(a.table_name) < String(b.table_name) ? -1 : 1)),
    ).toEqual([
      {
        table_name: 'customers',
        mode: 'snapshot',
        from_lsn: lsn(7),
        to_lsn: lsn(99),
        path: `customers/from_lsn=${lsn(7).slice(2)}/customers.parquet`,
        row_count: 3n,
      },
      {
        table_name: 'orders',
        mode: 'changes',
        from_lsn: lsn(7),
        to_lsn: lsn(99),
        path: `orders/from_lsn=${lsn(7).slice(2)}/orders.parquet`,
        row_count: 3n,
      },
    ]);
    expect(services.jobRuns.map(({ request }) => request['job_id'])).toEqual([12]);
    const activities = await fixture.activities(runId);
    expect(activities.find(({ activityName }) => activityName === 'Build silver and gold')?.output).toMatchObject({
      runId: '9007199254740993',
      runPageUrl: 'https://databricks.example/runs/1',
    });
    expect(existsSync(bronze('returns'))).toBe(false);

    const duckdb = await DuckDBInstance.create(':memory:');
    const connection = await duckdb.connect();
    const rows = await connection.runAndReadAll(
      `SELECT _lsn, id, amount::varchar, epoch_us("at") FROM '${bronze('orders')}'`,
    );
    expect(rows.getRows()).toEqual([3n, 1n, 2n].map((id) => [lsn(8), id, `${id}.05`, 1_700_000_000_123_000n]));
    duckdb.closeSync();
    expect(readdirSync(join(services.lakeRoot, 'bronze/orders', `from_lsn=${lsn(7).slice(2)}`))).toEqual([
      'orders.parquet',
    ]);
  });

  test('the run that copied a table is named in its commit', async () => {
    const { runId } = await run();
    const { json } = await fixture.call('POST', '/queryPipelineRuns', {
      lastUpdatedAfter: '2000-01-01T00:00:00Z',
      lastUpdatedBefore: '2100-01-01T00:00:00Z',
      filters: [{ operand: 'PipelineName', operator: 'Equals', values: ['pl_copy_changes'] }],
    });
    const children = json.value.filter(
      (one: { invokedBy: { pipelineRunId: string } }) => one.invokedBy.pipelineRunId === runId,
    );
    expect(children).toHaveLength(3);
    const ids = children.map((one: { runId: string }) => one.runId);
    for (const commit of source.commits) expect(ids).toContain(commit['pipeline_run_id']);
  });

  test('a copy that brings another number of rows than planned is not committed', async () => {
    source.lie = 1;
    source.modes = { orders: 'changes' };
    const { status, message } = await run();
    expect(status).toBe('Failed');
    expect(message).toContain('bronze of orders is incomplete: 3 rows copied, 4 planned');
    expect(source.commits).toEqual([]);
    expect(services.jobRuns).toEqual([]);
  });

  test('a lost position fails its table alone, and the run with it, unless it is snapshotted again', async () => {
    source.lost = 'customers';
    const failed = await run();
    expect(failed.status).toBe('Failed');
    expect(failed.message).toContain('The position of customers is lost.');
    expect(source.commits.map((commit) => commit['table_name'])).toEqual(['orders']);
    expect((await run({ resnapshot_tables: ['customers'] })).status).toBe('Succeeded');
    expect(source.planned.filter((plan) => plan['resnapshot'] === true).map((plan) => plan['table_name'])).toEqual([
      'customers',
    ]);
  });

  test('a mode nobody knows is refused', async () => {
    source.modes = { orders: 'sideways' };
    expect((await run()).message).toContain("etl.plan_window answered mode 'sideways' for orders");
  });

  test('a job that fails fails the run, with the page to look at', async () => {
    services.jobResult = 'FAILED';
    const { status, message } = await run();
    expect(status).toBe('Failed');
    expect(message).toBe(
      'Operation on target Build silver and gold failed: Databricks execution failed with error state FAILED. told so For more details please check the run page url: https://databricks.example/runs/1',
    );
  });

  test('cancelling the run cancels the job', async () => {
    services.jobResult = 'never';
    const runId = await fixture.start('pl_ecommerce');
    while (services.jobRuns.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect((await fixture.call('POST', `/pipelineruns/${runId}/cancel?isRecursive=true`)).status).toBe(200);
    expect((await fixture.ended(runId)).status).toBe('Cancelled');
    expect(services.cancelled).toEqual(['{"run_id":9007199254740993}']);
  });
});
