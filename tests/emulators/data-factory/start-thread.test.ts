import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DataFactoryThreadOptions, startDataFactoryThread } from '../../../emulators/data-factory/start-thread.ts';
import { type Entra, startEntra } from '../../../emulators/entra/index.ts';
import { credentialOf, factoryPath, identity } from './harness.ts';

let directory: string;
let entra: Entra;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'data-factory-thread-test-'));
  entra = await startEntra({ directory: join(directory, 'entra') });
});
afterAll(async () => {
  await entra.close();
  await rm(directory, { recursive: true, force: true });
});

function start(more: Partial<DataFactoryThreadOptions> = {}) {
  return startDataFactoryThread({
    tls: { key: entra.certificate.key, cert: entra.certificate.cert },
    verifyToken: entra.verify,
    credential: credentialOf(entra),
    stateDirectory: join(directory, 'state'),
    caCertificate: readFileSync(entra.certificate.caFile, 'utf8'),
    factory: identity,
    ...more,
  });
}

function get(url: string, token: string): Promise<{ status: number; body: string }> {
  const ca = readFileSync(entra.certificate.caFile, 'utf8');
  return new Promise((resolve, reject) => {
    request(
      `${url}${factoryPath}?api-version=2018-06-01`,
      { ca, headers: { authorization: `Bearer ${token}` } },
      async (response) => {
        const body = Buffer.concat(await response.toArray()).toString('utf8');
        resolve({ status: response.statusCode ?? 0, body });
      },
    )
      .on('error', reject)
      .end();
  });
}

test('the factory in its thread asks whether a token is good, and is told', async () => {
  const factory = await start();
  try {
    const { token } = await entra.tokenFor('https://management.azure.com');
    expect(await get(factory.url, token)).toMatchObject({ status: 200 });
    const refused = await get(factory.url, `${token}x`);
    expect(refused.status).toBe(401);
    expect(refused.body).toContain('signature');
  } finally {
    await factory.close();
    await factory.close();
  }
  await expect(get(factory.url, 'none')).rejects.toThrow('ECONNREFUSED');
});

test('a port that is taken is told by its code', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const { port } = taken.address() as AddressInfo;
  await expect(start({ port })).rejects.toMatchObject({ code: 'EADDRINUSE', syscall: 'listen' });
  taken.close();
});
