import { type Client, type Server, start } from './harness.ts';

let server: Server;
let one: Client;
let two: Client;

beforeEach(async () => {
  server = await start();
  one = await server.connect();
  two = await server.connect();
  await one.ok('CREATE TABLE dbo.t (id int NOT NULL PRIMARY KEY, v int NULL); INSERT INTO dbo.t VALUES (1, 10)');
});
afterEach(() => server.close());

const committed = (): Promise<string[]> => two.rows('SELECT id FROM dbo.t ORDER BY id');

describe('a transaction', () => {
  it('counts nesting, and only the outermost COMMIT commits', async () => {
    expect(await one.rows('BEGIN TRAN; BEGIN TRAN; SELECT @@TRANCOUNT')).toEqual(['2']);
    await one.ok('INSERT INTO dbo.t VALUES (2, 0); COMMIT');
    expect(await committed()).toEqual(['1']);
    await one.ok('COMMIT');
    expect(await committed()).toEqual(['1', '2']);
  });

  it('is rolled back whole, whatever the nesting', async () => {
    await one.ok('BEGIN TRAN; BEGIN TRAN; INSERT INTO dbo.t VALUES (2, 0); CREATE TABLE dbo.u (a int); ROLLBACK');
    expect(await one.rows('SELECT @@TRANCOUNT')).toEqual(['0']);
    expect(await committed()).toEqual(['1']);
    expect(await one.errors('SELECT * FROM dbo.u')).toEqual([208]);
  });

  it.each([
    ['COMMIT', [3902]],
    ['ROLLBACK', [3903]],
  ])('%s answers %j', async (sql, numbers) => {
    expect(await one.errors(sql)).toEqual(numbers);
  });

  it('goes on after a constraint error, and keeps what was done before', async () => {
    expect(
      await one.errors(
        'BEGIN TRAN; INSERT INTO dbo.t VALUES (2, 0); INSERT INTO dbo.t VALUES (1, 0); INSERT INTO dbo.t VALUES (3, 0); COMMIT',
      ),
    ).toEqual([2627]);
    expect(await committed()).toEqual(['1', '2', '3']);
  });

  it('ends with the batch under XACT_ABORT', async () => {
    expect(
      await one.errors(
        'SET XACT_ABORT ON; BEGIN TRAN; INSERT INTO dbo.t VALUES (2, 0); INSERT INTO dbo.t VALUES (1, 0); INSERT INTO dbo.t VALUES (3, 0); COMMIT',
      ),
    ).toEqual([2627]);
    expect(await one.rows('SELECT @@TRANCOUNT')).toEqual(['0']);
    expect(await committed()).toEqual(['1']);
  });

  it('is doomed by a caught error under XACT_ABORT', async () => {
    const answer = await one.run(`SET XACT_ABORT ON; BEGIN TRAN; INSERT INTO dbo.t VALUES (2, 0);
      BEGIN TRY INSERT INTO dbo.t VALUES (1, 0) END TRY
      BEGIN CATCH SELECT XACT_STATE(), ERROR_NUMBER(); IF XACT_STATE() = -1 ROLLBACK END CATCH`);
    expect(answer.sets[0]?.rows).toEqual([['-1', '2627']]);
    expect(answer.errors).toEqual([]);
    expect(await committed()).toEqual(['1']);
  });

  it('cannot be committed once a run-time error has doomed it', async () => {
    const answer = await one.run(`BEGIN TRAN; INSERT INTO dbo.t VALUES (2, 0);
      BEGIN TRY INSERT INTO dbo.t SELECT 3, 1 / (v - 10) FROM dbo.t WHERE id = 1 END TRY BEGIN CATCH PRINT ERROR_MESSAGE() END CATCH
      COMMIT`);
    expect(answer.infos).toEqual(['Divide by zero error encountered.']);
    expect(answer.errors.map((each) => each.number)).toEqual([3930]);
    expect(await committed()).toEqual(['1']);
  });

  it('is rolled back at the end of a batch that leaves it doomed', async () => {
    expect(
      await one.errors(`SET XACT_ABORT ON; BEGIN TRAN; INSERT INTO dbo.t VALUES (2, 0);
      BEGIN TRY INSERT INTO dbo.t VALUES (1, 0) END TRY BEGIN CATCH END CATCH`),
    ).toEqual([3998]);
    expect(await committed()).toEqual(['1']);
  });

  it('makes a second writer wait, not a reader', async () => {
    await one.ok('BEGIN TRAN; UPDATE dbo.t SET v = 11');
    expect(await two.rows('SELECT v FROM dbo.t')).toEqual(['10']);
    const second = two.ok('UPDATE dbo.t SET v = v + 1');
    await one.ok('COMMIT');
    await second;
    expect(await one.rows('SELECT v FROM dbo.t')).toEqual(['12']);
  });

  it('reads what others committed since it began, until it writes', async () => {
    await one.ok('BEGIN TRAN; SELECT * FROM dbo.t');
    await two.ok('INSERT INTO dbo.t VALUES (2, 0)');
    expect(await one.errors('INSERT INTO dbo.t VALUES (2, 0)')).toEqual([2627]);
  });

  it('gives up waiting after LOCK_TIMEOUT', async () => {
    await one.ok('BEGIN TRAN; UPDATE dbo.t SET v = 11');
    expect(await two.errors('SET LOCK_TIMEOUT 5; UPDATE dbo.t SET v = 12')).toEqual([1222]);
  });

  it.each(['UPDLOCK', 'TABLOCKX', 'HOLDLOCK'])('locks others out by %s', async (hint) => {
    await one.ok(`BEGIN TRAN; SELECT * FROM dbo.t WITH (${hint}) WHERE id = 1`);
    expect(await two.errors('SET LOCK_TIMEOUT 5; UPDATE dbo.t SET v = 12')).toEqual([1222]);
    await one.ok('COMMIT');
    expect(one.session.transactionOutcome).toBe('commit');
    await two.ok('UPDATE dbo.t SET v = 12');
  });

  it('lets go of its lock when the session ends', async () => {
    await one.ok('BEGIN TRAN; UPDATE dbo.t SET v = 11');
    await one.session.close();
    await two.ok('UPDATE dbo.t SET v = v + 1');
    expect(await two.rows('SELECT v FROM dbo.t')).toEqual(['11']);
  });
});
