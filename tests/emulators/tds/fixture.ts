import { startTdsServer, type TdsServer, type TdsServerOptions } from '../../../emulators/tds/index.ts';
import { SqlError } from '../../../emulators/tsql/sql-error.ts';
import { issueCertificate } from '../certificate.ts';
import { FakeSession } from './fake-session.ts';

export interface Fixture extends TdsServer {
  readonly sessions: FakeSession[];
  readonly log: string[];
  /** The authority behind its certificate, PEM. */
  readonly ca: string;
}

/** A server whose sessions are fakes. Password `wrong` and token `expired` are refused, database `none` does not exist. */
export async function startFixture(options: Partial<TdsServerOptions> = {}): Promise<Fixture> {
  const { key, cert, ca } = await issueCertificate();
  const sessions: FakeSession[] = [];
  const log: string[] = [];
  const server = await startTdsServer({
    tls: { key, cert },
    log: (line) => log.push(line),
    open: async (login) => {
      if (login.password === 'wrong' || login.token === 'expired') {
        throw new SqlError(18456, `Login failed for user '${login.user}'.`, { severity: 14 });
      }
      if (login.database === 'none')
        throw new SqlError(4060, 'Cannot open database "none" requested by the login.', { severity: 11 });
      const session = new FakeSession(login);
      sessions.push(session);
      return session;
    },
    ...options,
  });
  return { ...server, sessions, log, ca };
}
