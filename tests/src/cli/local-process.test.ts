import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { takeLock } from '../../../emulators/lock.ts';
import { aborted, type LocalProcess, startLocalProcess } from '../../../src/cli/local-process.ts';

/** The child is a real one: what stands in its way is known within a second or two. */

let root: string;
let directory: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'local-process-'));
  directory = join(root, 'local');
  mkdirSync(directory);
});
afterEach(() => rmSync(root, { recursive: true }));

const lockOf = (): { pid: number } => JSON.parse(readFileSync(join(directory, 'lock'), 'utf8')) as { pid: number };

test('a folder that a live instance holds is refused, with --fresh too, and nothing of it is lost', async () => {
  const release = await takeLock(join(directory, 'lock'));
  writeFileSync(join(directory, 'secrets.json'), '{}');
  await expect(startLocalProcess({ directory, portBase: 0, fresh: true })).rejects.toMatchObject({
    name: 'ConfigurationError',
    message: `local: ${directory} is in use by process ${process.pid}. Stop that one (Ctrl-C where it runs, or 'kill ${process.pid}'), then try again.`,
  });
  expect(existsSync(join(directory, 'secrets.json'))).toBe(true);
  release();
});

test('state of an older version is refused with the way out', async () => {
  writeFileSync(join(directory, 'version'), '0\n');
  await expect(startLocalProcess({ directory, portBase: 0 })).rejects.toMatchObject({
    name: 'ConfigurationError',
    message: `local: ${directory} was made by version 0 of the local environment, this is version 2. Start clean with 'npm start -- --fresh'.`,
  });
  expect(existsSync(join(directory, 'lock'))).toBe(false);
});

test('a port that is taken is named, with its service, and the folder is free again', async () => {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as { port: number };
  try {
    // Entra's is the last of the six, and the first to be taken.
    await expect(startLocalProcess({ directory, portBase: port - 5 })).rejects.toMatchObject({
      name: 'ConfigurationError',
      message: `local: port ${port} for entra is taken. Free it, or choose others with --port-base (0 takes any that are free).`,
    });
    expect(existsSync(join(directory, 'lock'))).toBe(false);
  } finally {
    server.close();
  }
});

test('a start that is given up ends the process and frees the folder', async () => {
  const stop = new AbortController();
  const starting = startLocalProcess({ directory, portBase: 0, signal: stop.signal });
  const reason = new Error('Stopped.');
  setTimeout(() => stop.abort(reason), 50);
  await expect(starting).rejects.toBe(reason);
  expect(existsSync(join(directory, 'lock'))).toBe(false);
});

function answers(host: string, port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect({ host, port, timeout: 2_000 }, () => {
      socket.destroy();
      done(true);
    });
    socket.once('error', () => done(false));
    socket.once('timeout', () => {
      socket.destroy();
      done(false);
    });
  });
}

describe('an environment that is up', () => {
  let local: LocalProcess;
  beforeEach(async () => {
    local = await startLocalProcess({ directory, portBase: 0 });
  });
  afterEach(() => local.close());

  test('answers on 127.0.0.1 and nowhere else', async () => {
    const text = readFileSync(local.endpointsFile, 'utf8');
    const ports = [...text.matchAll(/"port": (\d+)|127\.0\.0\.1:(\d+)/g)].map(([, plain, inUrl]) =>
      Number(plain ?? inUrl),
    );
    expect(new Set(ports).size).toBe(6);
    const others = Object.values(networkInterfaces()).flatMap((addresses = []) =>
      addresses.filter(({ address, scopeid }) => address !== '127.0.0.1' && !scopeid).map(({ address }) => address),
    );
    for (const port of new Set(ports)) {
      expect(await answers('127.0.0.1', port)).toBe(true);
      for (const address of others)
        expect([address, port, await answers(address, port)]).toEqual([address, port, false]);
    }
  });

  test('is closed without a trace of having been up', async () => {
    expect(existsSync(local.endpointsFile)).toBe(true);
    await local.close();
    expect(local.lost.aborted).toBe(false);
    for (const file of ['lock', 'endpoints.json']) expect(existsSync(join(directory, file))).toBe(false);
  });

  test('takes no blame for what fails while it is up; killed, it is told as that, whatever broke first', async () => {
    const failure = new Error('no such table');
    await expect(local.use(() => Promise.reject(failure))).rejects.toBe(failure);

    const broken = local.use(async () => {
      process.kill(lockOf().pid, 'SIGKILL');
      throw new Error('read ECONNRESET');
    });
    const loss = "local: the environment's process was killed (SIGKILL), by hand or for want of memory.";
    await expect(broken).rejects.toMatchObject({ name: 'ConfigurationError', message: expect.stringContaining(loss) });
    await aborted(local.lost);
    expect(local.lost.reason.message).toContain(loss);
  });
});
