import { authenticator } from '../sql-server/authenticate.ts';
import { Database, type Dialect, SqlSession } from '../sql-server/index.ts';
import { type Login, startTdsServer } from '../tds/index.ts';
import { SqlError } from '../tsql/sql-error.ts';
import { azureSqlDialect } from './dialect.ts';

export interface AzureSqlOptions {
  /** 0, the default, takes any free port. */
  readonly port?: number;
  /** PEM. */
  readonly tls: { readonly key: string; readonly cert: string };
  /** Path of the DuckDB file that is the database. One process may have it open. */
  readonly file: string;
  /** The database's name in logins. */
  readonly database: string;
  /** SQL logins; Entra tokens are checked by `verifyToken`. */
  readonly users: readonly { readonly name: string; readonly password: string }[];
  /** Checks signature, expiry and audience; rejects when the token is not good. */
  readonly verifyToken: (token: string, audience: string) => Promise<{ name: string }>;
  /** DuckDB's, such as `384MB`; what does not fit spills beside the file. */
  readonly memoryLimit?: string;
  readonly threads?: number;
  readonly clock: () => Date;
  readonly log?: (line: string) => void;
}

export interface AzureSql {
  readonly port: number;
  /** Ends all sessions, rolls back what they left open, and closes the file. */
  close(): Promise<void>;
}

/** Starts a local Azure SQL Database on 127.0.0.1. Rejects when the port is taken or the file is open elsewhere. */
export async function startAzureSql(options: AzureSqlOptions): Promise<AzureSql> {
  const database = await Database.open({
    file: options.file,
    name: options.database,
    clock: options.clock,
    ...(options.memoryLimit === undefined ? {} : { memoryLimit: options.memoryLimit }),
    ...(options.threads === undefined ? {} : { threads: options.threads }),
  });
  try {
    const dialect: Dialect = await azureSqlDialect(database);
    const authenticate = authenticator(options);
    let sessions = 50;
    const server = await startTdsServer({
      port: options.port ?? 0,
      tls: options.tls,
      ...(options.log ? { log: options.log } : {}),
      async open(login) {
        const name = await authenticate(login);
        requireDatabase(options.database, login);
        sessions += 1;
        return SqlSession.open(sessions, database, dialect, {
          name,
          application: login.application,
          host: login.host,
        });
      },
    });
    return {
      port: server.port,
      async close() {
        await server.close();
        database.close();
      },
    };
  } catch (error) {
    database.close();
    throw error;
  }
}

/** A login without a database lands in ours; `master` too, which clients open to look around. */
function requireDatabase(name: string, login: Login): void {
  const wanted = login.database.toLowerCase();
  if (wanted === '' || wanted === 'master' || wanted === name.toLowerCase()) return;
  throw new SqlError(4060, `Cannot open database "${login.database}" requested by the login. The login failed.`, {
    severity: 11,
  });
}
