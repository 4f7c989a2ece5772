import { SqlError } from '../../tsql/sql-error.ts';
import type { SqlType } from '../../tsql/sql-type.ts';
import { APP_LOCK_MODES, type AppLock } from '../app-locks.ts';
import type { SystemProcedure } from '../dialect.ts';
import type { Engine } from '../engine.ts';
import type { Invocation } from './invocation.ts';

/** sp_getapplock and sp_releaseapplock. The principal is part of the name, since its members share the lock. */

const sysname: SqlType = { name: 'nvarchar', length: 128 };
const resource: SqlType = { name: 'nvarchar', length: 255 };
const short: SqlType = { name: 'varchar', length: 32 };

const Code = { granted: 0, waited: 1, timeout: -1, cancelled: -2 } as const;
const INVALID = -999;

export const APP_LOCK_PROCEDURES: readonly (readonly [string, SystemProcedure])[] = [
  [
    'sp_getapplock',
    {
      parameters: [
        { name: '@Resource', type: resource },
        { name: '@LockMode', type: short },
        { name: '@LockOwner', type: short, default: 'Transaction' },
        { name: '@LockTimeout', type: { name: 'int' }, default: null },
        { name: '@DbPrincipal', type: sysname, default: 'public' },
      ],
      async run(engine, call) {
        const named = read(engine, call);
        if (!named) return INVALID;
        const mode = APP_LOCK_MODES.find((each) => each.toLowerCase() === text(call, '@lockmode').toLowerCase());
        if (!mode) return refuse(call, 1225, 'An invalid application lock mode was passed to %s.');
        const { transaction } = engine;
        const timeout = Number(call.values.get('@locktimeout') ?? transaction.lockTimeout);
        if (timeout < -1) return refuse(call, 1227, 'An invalid application lock time-out was passed to %s.');
        return Code[await engine.database.appLocks.acquire({ ...named, mode }, timeout, transaction.signal)];
      },
    },
  ],
  [
    'sp_releaseapplock',
    {
      parameters: [
        { name: '@Resource', type: resource },
        { name: '@LockOwner', type: short, default: 'Transaction' },
        { name: '@DbPrincipal', type: sysname, default: 'public' },
      ],
      async run(engine, call) {
        const named = read(engine, call);
        if (!named) return INVALID;
        if (engine.database.appLocks.release(named.resource, named.session, named.owner)) return Code.granted;
        const [principal, name] = [text(call, '@dbprincipal'), text(call, '@resource')];
        return refuse(
          call,
          1223,
          `Cannot release the application lock (Database Principal: '${principal}', Resource: '${name}') because it is not currently held.`,
        );
      },
    },
  ],
];

/** Whose lock of which name; undefined once what is wrong has been reported. */
function read(engine: Engine, call: Invocation): Omit<AppLock, 'mode'> | undefined {
  const owner = text(call, '@lockowner').toLowerCase();
  if (owner !== 'session' && owner !== 'transaction') {
    refuse(call, 1226, 'An invalid application lock owner was passed to %s.');
    return undefined;
  }
  const name = text(call, '@resource');
  if (name === '') {
    refuse(call, 1224, 'An invalid application lock resource was passed to %s.');
    return undefined;
  }
  if (owner === 'transaction' && engine.transaction.count === 0) {
    refuse(call, 3918, 'The statement or function must be executed in the context of a user transaction.');
    return undefined;
  }
  // Names are compared as the bytes that they are, whatever the collation.
  return { resource: `${text(call, '@dbprincipal').toLowerCase()}:${name}`, session: engine, owner };
}

const text = ({ values }: Invocation, name: string): string => String(values.get(name) ?? '').trimEnd();

function refuse({ sink }: Invocation, number: number, message: string): number {
  sink.error(new SqlError(number, message.replace('%s', 'xp_userlock'), { procedure: 'xp_userlock' }));
  return INVALID;
}
