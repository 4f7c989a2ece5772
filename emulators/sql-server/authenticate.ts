import { timingSafeEqual } from 'node:crypto';
import type { Login } from '../tds/session.ts';
import { SqlError } from '../tsql/sql-error.ts';

const audience = 'https://database.windows.net/';

export interface Accounts {
  readonly users: readonly { readonly name: string; readonly password: string }[];
  /** Checks signature, expiry and audience; rejects when the token is not good. */
  readonly verifyToken: (token: string, audience: string) => Promise<{ name: string }>;
}

/** Who signs in: by an Entra token, or a SQL login. @returns a function that gives the name, or throws SqlError 18456. */
export function authenticator({ users, verifyToken }: Accounts): (login: Login) => Promise<string> {
  return async (login) => {
    if (login.token !== undefined) {
      try {
        return (await verifyToken(login.token, audience)).name;
      } catch (cause) {
        throw failed('<token-identified principal>', cause);
      }
    }
    const user = users.find((each) => each.name.toLowerCase() === login.user.toLowerCase());
    const given = Buffer.from(login.password ?? '');
    const expected = Buffer.from(user?.password ?? '');
    if (!user || given.length !== expected.length || !timingSafeEqual(given, expected)) throw failed(login.user);
    return user.name;
  };
}

const failed = (user: string, cause?: unknown): SqlError =>
  new SqlError(18456, `Login failed for user '${user}'.`, { severity: 14, ...(cause === undefined ? {} : { cause }) });
