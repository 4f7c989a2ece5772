import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import type { TokenCredential } from '@azure/identity';
import type sql from 'mssql';
import { startAzureSql } from '../../../emulators/azure-sql/index.ts';
import { openSql, type SqlEndpoint } from '../../../src/azure-sql/open.ts';
import { issueCertificate } from '../../emulators/certificate.ts';

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
  const { key, cert, ca } = await issueCertificate();
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), ca]);
  const server = await startAzureSql({
    port: 0,
    tls: { key, cert },
    file: join(folder, 'shop.duckdb'),
    database: 'shop',
    users: [],
    verifyToken: async (token: string) => {
      if (token !== 'a-token') throw new Error('not the token of this test');
      return { name: 'the-platform' };
    },
    clock: () => new Date(),
  });
  const endpoint = { host: '127.0.0.1', port: server.port, database: 'shop' };
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
