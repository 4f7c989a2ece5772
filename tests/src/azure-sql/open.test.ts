import { createServer } from 'node:net';
import { openSql } from '../../../src/azure-sql/open.ts';
import { ConfigurationError } from '../../../src/errors.ts';

const credential = { getToken: async () => ({ token: 'a-token', expiresOnTimestamp: Date.now() + 3_600_000 }) };
const retry = { attempts: 3, delay: 0, sleep: async () => {} };

test('a server that is not there is named at once, with what to check', async () => {
  // A port that was free a moment ago.
  const port = await new Promise<number>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
  const waits: number[] = [];
  const opening = openSql({ host: 'localhost', port, database: 'shop' }, credential, {
    retry: { ...retry, sleep: async (wait) => void waits.push(wait) },
  });
  await expect(opening).rejects.toThrow(ConfigurationError);
  await expect(opening).rejects.toThrow(
    new RegExp(`cannot open database 'shop' at localhost:${port}: .*ECONNREFUSED.* Check endpoints\\.azureSql`),
  );
  expect(waits).toEqual([]);
});

test('a server that hangs up is tried again, as a database that moves does', async () => {
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    socket.destroy();
  });
  const port = await new Promise<number>((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)),
  );
  await expect(openSql({ host: '127.0.0.1', port, database: 'shop' }, credential, { retry })).rejects.toThrow(
    ConfigurationError,
  );
  expect(connections).toBe(3);
  await new Promise((resolve) => server.close(resolve));
});
