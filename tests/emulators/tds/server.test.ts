import type { EventEmitter } from 'node:events';
import { connect as connectSocket, type Socket } from 'node:net';
import sql from 'mssql';
import { ISOLATION_LEVEL, Request, TYPES } from 'tedious';
import { completed, connectPool, connectTedious, endTedious, rowsOf } from './client.ts';
import { type Fixture, startFixture } from './fixture.ts';

let fixture: Fixture;

beforeAll(async () => {
  fixture = await startFixture();
});

afterAll(() => fixture.close());

const lastSession = () => fixture.sessions.at(-1)!;

async function eventually(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 200 && !condition(); i++) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(condition()).toBe(true);
}

describe('login', () => {
  test.each([false, true, 'strict'] as const)('encrypt: %s', async (encrypt) => {
    const pool = await connectPool(fixture, { encrypt });
    const { recordset } = await pool.request().input('a', sql.Int, 5).input('b', 'naïve €').query('echo');
    expect(recordset).toEqual([{ a: 5, b: 'naïve €' }]);
    await pool.close();
    expect(lastSession().login).toEqual(expect.objectContaining({ user: 'sa', password: 'secret', database: 'shop' }));
    await eventually(() => lastSession().closed);
  });

  test('TDS 8.0 checks the certificate against the authority it is given', async () => {
    await expect(
      connectTedious(fixture, { options: { encrypt: 'strict', trustServerCertificate: false } }),
    ).rejects.toThrow(/unable to verify the first certificate/);
  });

  test.each([
    ['a wrong password', { password: 'wrong' }, "Login failed for user 'sa'."],
    ['a database that is not there', { database: 'none' }, 'Cannot open database "none" requested by the login.'],
  ])('%s', async (_, options, message) => {
    await expect(connectPool(fixture, options)).rejects.toThrow(message);
    expect(fixture.log.join('\n')).not.toContain('secret');
  });

  test.each([
    ['in LOGIN7', (token: string) => ({ type: 'azure-active-directory-access-token' as const, options: { token } })],
    [
      'after FEDAUTHINFO',
      (token: string) => ({
        type: 'token-credential' as const,
        options: { credential: { getToken: async () => ({ token, expiresOnTimestamp: 0 }) } },
      }),
    ],
  ])('an Entra token %s', async (_, authentication) => {
    const connection = await connectTedious(fixture, {
      authentication: authentication('header.payload.signature'),
      options: { encrypt: true },
    });
    expect(lastSession().login.token).toBe('header.payload.signature');
    expect(lastSession().login.password).toBeUndefined();
    await endTedious(connection);
    await expect(
      connectTedious(fixture, { authentication: authentication('expired'), options: { encrypt: true } }),
    ).rejects.toThrow('Login failed');
  });

  test('FEDAUTHINFO names the resource', async () => {
    const scopes: unknown[] = [];
    const credential = {
      getToken: async (scope: unknown) => {
        scopes.push(scope);
        return { token: 't', expiresOnTimestamp: 0 };
      },
    };
    const connection = await connectTedious(fixture, {
      authentication: { type: 'token-credential', options: { credential } },
      options: { encrypt: true },
    });
    expect(scopes).toEqual(['https://database.windows.net/.default']);
    await endTedious(connection);
  });
});

describe('requests', () => {
  let pool: sql.ConnectionPool;
  beforeAll(async () => {
    pool = await connectPool(fixture);
  });
  afterAll(() => pool.close());

  test('a batch of several statements', async () => {
    const result = await pool.request().batch('two');
    expect(result.recordsets).toEqual([[{ n1: 1 }], [{ n2: 2 }]]);
    expect(result.rowsAffected).toEqual([1, 1, 5]);
  });

  test('a batch of megabytes', async () => {
    const text = `nothing ${'é'.repeat(1_000_000)}`;
    await pool.request().batch(text);
    expect(lastSession().batches.at(-1)).toBe(text);
  });

  test('OUTPUT parameters and the return code of a procedure', async () => {
    const result = await pool
      .request()
      .input('i', sql.Int, 1)
      .output('a', sql.NVarChar(20), 'hällo')
      .output('b', sql.Decimal(10, 2), 12.5)
      .output('c', sql.VarChar(10), null)
      .execute('outputs');
    expect(result.output).toEqual({ a: 'hällo', b: 12.5, c: null });
    expect(result.returnValue).toBe(7);
  });

  test('prepare, execute, unprepare', async () => {
    const statement = new sql.PreparedStatement(pool);
    statement.input('n', sql.BigInt);
    await statement.prepare('echo');
    expect((await statement.execute({ n: '9007199254740993' })).recordset).toEqual([{ n: '9007199254740993' }]);
    expect((await statement.execute({ n: null })).recordset).toEqual([{ n: null }]);
    await statement.unprepare();
    expect(lastSession().prepared.size).toBe(0);
  });

  test('PRINT', async () => {
    const messages: string[] = [];
    await pool
      .request()
      .on('info', (info) => messages.push(info.message))
      .batch('print hello');
    expect(messages).toEqual(['hello']);
  });

  test('rows stream without being gathered', async () => {
    const request = pool.request();
    request.stream = true;
    const { sessions } = fixture;
    let seen = 0;
    await new Promise<void>((resolve, reject) => {
      request.on('row', () => {
        if (++seen === 1) {
          request.pause();
          setTimeout(() => {
            // The server waits for the client, with no more in flight than the two sockets hold.
            try {
              expect(sessions.at(-1)!.rowsStreamed).toBeLessThan(900_000);
              request.resume();
            } catch (error) {
              request.cancel();
              reject(error);
            }
          }, 100);
        }
        if (seen === 5000) request.cancel();
      });
      request.on('error', () => {});
      request.on('done', () => resolve());
      request.query('stream 1000000');
    });
    expect(seen).toBeGreaterThanOrEqual(5000);
    expect((await pool.request().query('two')).recordset).toEqual([{ n1: 1 }]);
  });
});

describe('errors', () => {
  let pool: sql.ConnectionPool;
  beforeAll(async () => {
    pool = await connectPool(fixture);
  });
  afterAll(() => pool.close());

  test('carry number, severity, state, procedure and line', async () => {
    await expect(pool.request().batch('fail')).rejects.toMatchObject({
      number: 2627,
      class: 14,
      state: 7,
      procName: 'p',
      lineNumber: 3,
      serverName: 'local',
      message: 'Violation of PRIMARY KEY constraint.',
    });
    await expect(pool.request().execute('fail')).rejects.toMatchObject({
      number: 50001,
      procName: 'fail',
      lineNumber: 12,
    });
    await expect(pool.request().execute('nowhere')).rejects.toMatchObject({ number: 2812 });
  });

  test('in the middle of a result set leave the connection usable', async () => {
    await expect(pool.request().batch('midway')).rejects.toMatchObject({ number: 8134 });
    await expect(pool.request().query('midway')).rejects.toMatchObject({ number: 8134 });
    expect((await pool.request().batch('two')).recordset).toEqual([{ n1: 1 }]);
  });

  test('that do not end the batch arrive beside its rows', async () => {
    const rows: unknown[] = [];
    const request = pool.request();
    request.stream = true;
    request.on('row', (row) => rows.push(row));
    const errors: unknown[] = [];
    await new Promise<void>((resolve) => {
      request.on('error', (error) => errors.push(error));
      request.on('done', () => resolve());
      request.batch('goeson');
    });
    expect(errors).toMatchObject([{ number: 547 }]);
    expect(rows).toEqual([{ n: 1 }]);
  });

  test('that are not the session’s own are internal, and logged', async () => {
    await expect(pool.request().batch('crash')).rejects.toMatchObject({ number: 50000, class: 16 });
    expect(fixture.log.some((line) => line.includes('internal error: TypeError: x is not a function'))).toBe(true);
  });

  test('a value that its column cannot hold takes its row back and says which', async () => {
    await expect(pool.request().batch('misfit')).rejects.toThrow(
      'TDS: value 3000000000 (number) does not fit type int',
    );
    expect((await pool.request().batch('two')).recordset).toEqual([{ n1: 1 }]);
  });

  test('of severity 20 and more end the connection', async () => {
    const connection = await connectTedious(fixture);
    const session = lastSession();
    connection.on('error', () => {});
    await expect(completed((done) => connection.execSqlBatch(new Request('fatal', done)))).rejects.toThrow(
      'The disk is gone.',
    );
    await eventually(() => session.closed);
    connection.close();
  });

  test('table-valued parameters are refused by name', async () => {
    const connection = await connectTedious(fixture);
    const table = { columns: [{ name: 'id', type: TYPES.Int }], rows: [[1], [2]] };
    await expect(
      completed((done) => {
        const request = new Request('outputs', done);
        request.addParameter('t', TYPES.TVP, table);
        connection.callProcedure(request);
      }),
    ).rejects.toThrow('The local emulator does not implement table-valued parameters.');
    await completed((done) => connection.execSqlBatch(new Request('two', done)));
    await endTedious(connection);
  });
});

describe('transactions', () => {
  test('through the transaction manager, with savepoints', async () => {
    const connection = await connectTedious(fixture);
    const session = lastSession();
    await completed((done) =>
      connection.beginTransaction((error) => done(error), 'outer', ISOLATION_LEVEL.SERIALIZABLE),
    );
    await completed((done) => connection.saveTransaction(done, 'point'));
    await completed((done) => connection.rollbackTransaction(done, 'point'));
    expect(session.transactionCount).toBe(1);
    await completed((done) => connection.commitTransaction(done));
    expect(session.calls).toEqual(['begin outer 4', 'save point', 'rollback point', 'commit ']);
    await expect(completed((done) => connection.commitTransaction(done))).rejects.toThrow('no corresponding BEGIN');
    await endTedious(connection);
  });

  test('the client learns of a transaction that a batch begins and ends', async () => {
    const connection = await connectTedious(fixture);
    const inTransaction = () => (connection as unknown as { inTransaction: boolean }).inTransaction;
    const run = (batch: string) => completed((done) => connection.execSqlBatch(new Request(batch, done)));
    let rolledBack = 0;
    (connection as EventEmitter).on('rollbackTransaction', () => rolledBack++);
    await run('begin');
    expect(inTransaction()).toBe(true);
    await run('begin');
    await run('commit');
    expect(inTransaction()).toBe(true);
    await run('commit');
    expect([inTransaction(), rolledBack]).toEqual([false, 0]);
    await run('begin');
    await run('rollback');
    expect([inTransaction(), rolledBack]).toEqual([false, 1]);
    await endTedious(connection);
  });

  test('of mssql commit and roll back', async () => {
    const pool = await connectPool(fixture);
    const transaction = new sql.Transaction(pool);
    await transaction.begin();
    expect((await new sql.Request(transaction).query('trancount')).recordset).toEqual([{ n: 1 }]);
    await transaction.rollback();
    expect((await pool.request().query('trancount')).recordset).toEqual([{ n: 0 }]);
    await pool.close();
  });
});

describe('the connection', () => {
  test('follows the current database, and resets it', async () => {
    const connection = await connectTedious(fixture);
    const session = lastSession();
    const names: string[] = [];
    connection.on('databaseChange', (name) => names.push(name));
    await completed((done) => connection.execSqlBatch(new Request('use other', done)));
    await new Promise<void>((resolve, reject) => connection.reset((error) => (error ? reject(error) : resolve())));
    expect(names).toEqual(['other', 'shop']);
    expect(session.calls).toEqual(['reset false']);
    await endTedious(connection);
  });

  test('is cancelled while a request runs, and goes on', async () => {
    const connection = await connectTedious(fixture);
    const session = lastSession();
    await expect(
      completed((done) => {
        const request = new Request('wait', done);
        connection.execSqlBatch(request);
        setTimeout(() => connection.cancel(), 30);
      }),
    ).rejects.toThrow('Canceled.');
    expect(session.cancelled).toBe(true);
    const request = await new Promise<unknown[][]>((resolve, reject) => {
      const two = new Request('two', (error) => (error ? reject(error) : resolve(rows)));
      const rows = rowsOf(two);
      connection.execSqlBatch(two);
    });
    expect(request).toEqual([[1], [2]]);
    await endTedious(connection);
  });

  test('is cancelled while rows stream', async () => {
    const connection = await connectTedious(fixture);
    await expect(
      completed((done) => {
        const request = new Request('stream 5000000', done);
        let rows = 0;
        request.on('row', () => {
          if (++rows === 100) connection.cancel();
        });
        connection.execSqlBatch(request);
      }),
    ).rejects.toThrow('Canceled.');
    expect(lastSession().rowsStreamed).toBeLessThan(5_000_000);
    await completed((done) => connection.execSqlBatch(new Request('two', done)));
    await endTedious(connection);
  });

  test('that vanishes in the middle of a request is cleaned up', async () => {
    const connection = await connectTedious(fixture);
    const session = lastSession();
    connection.on('error', () => {});
    connection.execSqlBatch(new Request('wait', () => {}));
    await eventually(() => session.batches.includes('wait'));
    (connection as unknown as { socket: Socket }).socket.destroy();
    await eventually(() => session.closed);
    expect(session.cancelled).toBe(true);
  });

  test('close() ends connections and waits for their sessions', async () => {
    const own = await startFixture();
    const connection = await connectTedious(own);
    connection.on('error', () => {});
    connection.execSqlBatch(new Request('wait', () => {}));
    await eventually(() => own.sessions[0]!.batches.includes('wait'));
    await own.close();
    expect(own.sessions[0]!.closed).toBe(true);
  });
});

describe('what is not TDS', () => {
  const packet = (type: number, body: Buffer, status = 1): Buffer => {
    const header = Buffer.from([type, status, 0, 0, 0, 0, 0, 0]);
    header.writeUInt16BE(body.length + 8, 2);
    return Buffer.concat([header, body]);
  };

  test.each([
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'), 'packet type 0x47'],
    ['a packet shorter than its header', Buffer.from([0x12, 1, 0, 4, 0, 0, 0, 0]), 'says its length is 4'],
    ['PRELOGIN without a terminator', packet(0x12, Buffer.from([0, 0, 0])), 'PRELOGIN has no terminator'],
    ['a short LOGIN7', packet(0x10, Buffer.alloc(20)), 'LOGIN7 has 20 bytes'],
    ['a LOGIN7 that points outside', packet(0x10, Buffer.alloc(94, 0x7f)), 'lies outside the message'],
    ['a batch before the login', packet(0x01, Buffer.alloc(30)), 'packet of type 0x1 where LOGIN7 belongs'],
    [
      'an endless PRELOGIN',
      Buffer.concat(Array.from({ length: 100 }, () => packet(0x12, Buffer.alloc(4000), 0))),
      'larger than 262144 bytes',
    ],
    ['a broken TLS handshake', Buffer.from([0x16, 3, 1, 0, 5, 9, 9, 9, 9, 9]), 'TLS failed'],
  ])('%s closes the connection with a line in the log', async (_, bytes, line) => {
    const from = fixture.log.length;
    const socket = connectSocket(fixture.port, '127.0.0.1');
    socket.on('error', () => {});
    await new Promise<void>((resolve) => {
      socket.on('close', () => resolve());
      socket.write(bytes);
      socket.resume();
    });
    await eventually(() => fixture.log.slice(from).some((entry) => entry.includes(line)));
  });

  test('a client that does not log in is let go', async () => {
    const own = await startFixture({ limits: { loginMs: 50 } });
    const socket = connectSocket(own.port, '127.0.0.1');
    socket.on('error', () => {});
    await new Promise((resolve) => socket.on('close', resolve));
    expect(own.log).toEqual([expect.stringContaining('no LOGIN7 within 50 ms')]);
    await own.close();
  });
});
