import { webcrypto } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import type { TokenCredential } from '@azure/identity';
import * as x509 from '@peculiar/x509';
import type sql from 'mssql';
import { startAzureSql } from '../../../emulators/azure-sql/index.ts';
import { openSql, type SqlEndpoint } from '../../../src/azure-sql/open.ts';

export const sqlDirectory = join(import.meta.dirname, '../../../sql');

export interface DatabaseUnderTest {
  readonly endpoint: SqlEndpoint;
  readonly credential: TokenCredential;
  readonly pool: sql.ConnectionPool;
  close(): Promise<void>;
}

/** An Azure SQL of its own, reached as production reaches it: TLS with a checked certificate, and a token. */
export async function startDatabase(): Promise<DatabaseUnderTest> {
  const folder = mkdtempSync(join(tmpdir(), 'azure-sql-'));
  const certificate = await selfSigned();
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), certificate.cert]);
  const server = await startAzureSql({
    port: 0,
    tls: certificate,
    file: join(folder, 'shop.duckdb'),
    database: 'shop',
    users: [],
    verifyToken: async (token: string) => {
      if (token !== 'a-token') throw new Error('not the token of this test');
      return { name: 'the-platform' };
    },
    clock: () => new Date(),
  });
  const endpoint = { host: 'localhost', port: server.port, database: 'shop' };
  const credential: TokenCredential = {
    getToken: async () => ({ token: 'a-token', expiresOnTimestamp: Date.now() + 3_600_000 }),
  };
  const pool = await openSql(endpoint, credential);
  return {
    endpoint,
    credential,
    pool,
    async close() {
      await pool.close();
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function selfSigned(): Promise<{ key: string; cert: string }> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      name: 'CN=localhost',
      keys,
      signingAlgorithm: algorithm,
      notBefore: new Date(Date.now() - 60_000),
      notAfter: new Date(Date.now() + 3_600_000),
      extensions: [
        new x509.BasicConstraintsExtension(true, undefined, true),
        new x509.SubjectAlternativeNameExtension([
          { type: 'dns', value: 'localhost' },
          { type: 'ip', value: '127.0.0.1' },
        ]),
      ],
    },
    webcrypto,
  );
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  return {
    cert: certificate.toString('pem'),
    key: `-----BEGIN PRIVATE KEY-----\n${pkcs8.match(/.{1,64}/g)!.join('\n')}\n-----END PRIVATE KEY-----\n`,
  };
}
