import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, get } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { type Entra, startEntra } from '../../../emulators/entra/index.ts';

let directory: string;
let entra: Entra;
let now = new Date();

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'entra-'));
  entra = await startEntra({ directory, clock: () => now });
});
beforeEach(() => {
  now = new Date();
});
afterAll(async () => {
  await entra.close();
  await rm(directory, { recursive: true });
});

const ask = (query: string, header: string | undefined = entra.identity.header): Promise<Response> =>
  fetch(`${entra.identity.endpoint}?${query}`, { headers: header ? { 'X-IDENTITY-HEADER': header } : {} });

describe('managed identity', () => {
  // A process of its own, with nothing but the variables that a host in Azure would set.
  test('an unmodified DefaultAzureCredential signs in', async () => {
    const script = `
      import { DefaultAzureCredential } from '@azure/identity';
      process.stdout.write((await new DefaultAzureCredential().getToken('https://storage.azure.com/.default')).token);`;
    const token = await new Promise<string>((resolve, reject) =>
      execFile(
        process.execPath,
        ['--input-type=module', '--eval', script],
        {
          env: {
            PATH: process.env['PATH'],
            IDENTITY_ENDPOINT: entra.identity.endpoint,
            IDENTITY_HEADER: entra.identity.header,
            AZURE_TOKEN_CREDENTIALS: 'ManagedIdentityCredential',
          },
        },
        (error, stdout) => (error ? reject(error) : resolve(stdout)),
      ),
    );
    await expect(entra.verify(token, 'https://storage.azure.com')).resolves.toEqual({
      name: 'dataops-local',
      objectId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  test('answers as App Service does', async () => {
    const body = (await (
      await ask('api-version=2019-08-01&resource=https://database.windows.net/&client_id=x')
    ).json()) as Record<string, string>;
    expect(body).toMatchObject({ token_type: 'Bearer', resource: 'https://database.windows.net/' });
    expect(body['expires_on']).toMatch(/^\d{10}$/);
    expect(decodeJwt(body['access_token']!)).toMatchObject({
      aud: 'https://database.windows.net',
      exp: Number(body['expires_on']),
      appid: body['client_id'],
    });
  });

  test.each([
    ['no secret', 'resource=https://storage.azure.com', '', 401],
    ['a wrong secret', 'resource=https://storage.azure.com', 'guess', 401],
    ['no resource', 'api-version=2019-08-01', undefined, 400],
    ['another version', 'api-version=2017-09-01&resource=https://storage.azure.com', undefined, 400],
    ['a resource that is none', 'resource=storage', undefined, 400],
  ])('refuses %s', async (_, query, header, status) => {
    const response = await ask(query, header);
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({ statusCode: status, message: expect.any(String) });
  });
});

describe('tokens', () => {
  test.each([
    ['https://storage.azure.com', 'https://storage.azure.com/'],
    ['https://storage.azure.com/', 'https://storage.azure.com'],
    ['https://storage.azure.com/.default', ['https://other.azure.com', 'https://storage.azure.com']],
    ['https://database.windows.net//.default', 'https://database.windows.net/'],
    ['2ff814a6-3304-4ab8-85cb-cd0e6f879c1d/.default', '2ff814a6-3304-4ab8-85cb-cd0e6f879c1d'],
  ])('a token for %s serves %s', async (resource, audience) => {
    const { token } = await entra.tokenFor(resource);
    await expect(entra.verify(token, audience)).resolves.toHaveProperty('name');
  });

  test('refuses another audience, naming both', async () => {
    const { token } = await entra.tokenFor('https://storage.azure.com');
    await expect(entra.verify(token, 'https://database.windows.net')).rejects.toMatchObject({
      reason: 'audience',
      message: expect.stringMatching(/storage\.azure\.com.*database\.windows\.net/),
    });
  });

  test('refuses an expired token, and one not yet valid', async () => {
    const { token, expiresOn } = await entra.tokenFor('https://storage.azure.com');
    now = new Date((expiresOn + 1) * 1000);
    await expect(entra.verify(token, 'https://storage.azure.com')).rejects.toMatchObject({ reason: 'lifetime' });
    now = new Date((expiresOn - 3 * 86_400) * 1000);
    await expect(entra.verify(token, 'https://storage.azure.com')).rejects.toMatchObject({ reason: 'lifetime' });
  });

  test.each([
    ['text', () => 'hello', 'malformed'],
    ['nothing', () => '', 'malformed'],
    ['an altered claim', (token: string) => alter(token, { oid: 'someone-else' }), 'signature'],
    ['no algorithm', (token: string) => `${encode({ alg: 'none' })}.${token.split('.')[1]}.`, 'malformed'],
  ])('refuses %s', async (_, forge, reason) => {
    const { token } = await entra.tokenFor('https://storage.azure.com');
    await expect(entra.verify(forge(token), 'https://storage.azure.com')).rejects.toMatchObject({ reason });
  });

  test("refuses another run's token", async () => {
    const other = await startEntra({ directory });
    const { token } = await other.tokenFor('https://storage.azure.com');
    await other.close();
    await expect(entra.verify(token, 'https://storage.azure.com')).rejects.toMatchObject({ reason: 'signature' });
  });
});

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

function alter(token: string, claims: Record<string, unknown>): string {
  const [header, , signature] = token.split('.');
  return [header, encode({ ...decodeJwt(token), ...claims }), signature].join('.');
}

describe('certificates', () => {
  test.each(['127.0.0.1', 'localhost'])('a client that trusts the authority trusts https://%s', async (host) => {
    const server = createServer(entra.certificate, (_, response) => response.end('hello'));
    await new Promise<void>((resolve) => server.listen(0, host, resolve));
    const ca = await readFile(entra.certificate.caFile, 'utf8');
    const { port } = server.address() as AddressInfo;
    const status = await new Promise((resolve, reject) =>
      get({ host, port, ca, agent: false }, (response) => resolve(response.resume().statusCode)).on('error', reject),
    );
    server.close();
    expect(status).toBe(200);
  });

  test('openssl accepts the chain in strict mode, name constraints included', async () => {
    const leaf = join(directory, 'leaf.pem');
    await writeFile(leaf, entra.certificate.cert);
    const verdict = execFileSync(
      'openssl',
      [
        'verify',
        '-x509_strict',
        '-purpose',
        'sslserver',
        '-verify_ip',
        '127.0.0.1',
        '-CAfile',
        entra.certificate.caFile,
        leaf,
      ],
      { encoding: 'utf8' },
    );
    expect(verdict).toContain('OK');
    expect(
      execFileSync('openssl', ['x509', '-in', entra.certificate.caFile, '-noout', '-text'], { encoding: 'utf8' }),
    ).toMatch(
      /Name Constraints: critical\s+Permitted:\s+DNS:localhost\s+IP:127\.0\.0\.1\/255\.255\.255\.255\s+IP:0:0:0:0:0:0:0:1\/(FFFF:?){8}\s/,
    );
  });

  // The second line of defence, should the authority's key leak: it can sign for another name, and nobody believes it.
  test.each(['DNS:example.com', 'DNS:example.localhost.com', 'IP:10.0.0.1', 'IP:127.0.0.2', 'IP:::2'])(
    'the authority cannot vouch for %s',
    (name) => {
      const authority = join(directory, 'authority.pem');
      const forged = join(directory, 'forged.pem');
      const request = ['req', '-x509', '-CA', authority, '-CAkey', authority, '-subj', '/CN=forged', '-days', '1'];
      const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-noenc', '-keyout', '/dev/null'];
      execFileSync('openssl', [...request, ...key, '-addext', `subjectAltName=${name}`, '-out', forged], {
        stdio: 'pipe',
      });
      const verified = spawnSync('openssl', ['verify', '-CAfile', entra.certificate.caFile, forged], {
        encoding: 'utf8',
      });
      expect(verified.stderr).toContain('permitted subtree violation');
    },
  );

  test('a server certificate says what it is for, and nothing more', () => {
    const text = execFileSync('openssl', ['x509', '-noout', '-text'], {
      input: entra.certificate.cert,
      encoding: 'utf8',
    });
    expect(text).toMatch(/Basic Constraints: critical\s+CA:FALSE/);
    expect(text).toMatch(/Key Usage: critical\s+Digital Signature\n/);
    expect(text).toMatch(/Extended Key Usage:\s+TLS Web Server Authentication\n/);
    expect(text).toMatch(/DNS:localhost, IP Address:127\.0\.0\.1, IP Address:0:0:0:0:0:0:0:1\n/);
  });

  test('the authority is private, and survives a restart', async () => {
    const before = await readFile(entra.certificate.caFile, 'utf8');
    const again = await startEntra({ directory });
    await again.close();
    expect(await readFile(again.certificate.caFile, 'utf8')).toBe(before);
    expect((await stat(join(directory, 'authority.pem'))).mode & 0o777).toBe(0o600);
    expect(new X509Certificate(again.certificate.cert).verify(new X509Certificate(before).publicKey)).toBe(true);
  });

  test.each([
    ['damaged', async (folder: string) => writeFile(join(folder, 'authority.pem'), 'not a key'), new Date()],
    ['about to end', async () => {}, new Date(Date.now() + 4.5 * 365 * 86_400_000)],
  ])('an authority that is %s is renewed', async (_, damage, at) => {
    const folder = await mkdtemp(join(tmpdir(), 'entra-'));
    const first = await startEntra({ directory: folder });
    const before = await readFile(first.certificate.caFile, 'utf8');
    await first.close();
    await damage(folder);
    const second = await startEntra({ directory: folder, clock: () => at });
    await second.close();
    expect(await readFile(second.certificate.caFile, 'utf8')).not.toBe(before);
    await rm(folder, { recursive: true });
  });
});
