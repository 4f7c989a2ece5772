import type { SqlValue } from '../tsql/sql-type.ts';
import type { Engine } from './engine.ts';

/** Values that emitted SQL takes from the session: globals (`@@ROWCOUNT`) and niladic functions (`GETDATE`). */

type Source = (engine: Engine) => SqlValue;

const now: Source = (engine) => engine.now;
const login: Source = (engine) => engine.identity.name;
const handled = (engine: Engine): Engine['handling'][number] | undefined => engine.handling.at(-1);

const SOURCES: Readonly<Record<string, Source>> = {
  '@@ROWCOUNT': (engine) => Number(engine.rowCount),
  ROWCOUNT_BIG: (engine) => engine.rowCount,
  '@@ERROR': (engine) => engine.lastError,
  '@@TRANCOUNT': (engine) => engine.transaction.count,
  '@@IDENTITY': (engine) => (engine.lastIdentity === null ? null : engine.lastIdentity),
  '@@SPID': (engine) => engine.id,
  '@@NESTLEVEL': (engine) => engine.depth,
  '@@PROCID': (engine) => engine.frame.objectId,
  '@@SERVERNAME': () => 'localhost',
  '@@SERVICENAME': () => 'MSSQLSERVER',
  '@@VERSION': (engine) => engine.dialect.version,
  '@@LANGUAGE': () => 'us_english',
  '@@LANGID': () => 0,
  '@@DATEFIRST': () => 7,
  '@@LOCK_TIMEOUT': (engine) => engine.transaction.lockTimeout,
  '@@OPTIONS': (engine) => 5432 + (engine.options.nocount ? 512 : 0) + (engine.options.xactAbort ? 16384 : 0),
  '@@MAX_PRECISION': () => 38,
  '@@MICROSOFTVERSION': () => 201326592,
  '@@TEXTSIZE': () => 2147483647,
  '@@FETCH_STATUS': (engine) => engine.fetchStatus,
  '@@CURSOR_ROWS': (engine) => engine.cursorRows,
  '@@DBTS': () => new Uint8Array(8),
  GETDATE: now,
  GETUTCDATE: now,
  CURRENT_TIMESTAMP: now,
  SYSDATETIME: now,
  SYSUTCDATETIME: now,
  SYSDATETIMEOFFSET: (engine) => ({ micros: engine.now, offset: 0 }),
  CURRENT_DATE: (engine) => Number(engine.now / 86_400_000_000n),
  SCOPE_IDENTITY: (engine) => engine.frame.scopeIdentity,
  XACT_STATE: (engine) => (engine.transaction.count === 0 ? 0 : engine.transaction.doomed ? -1 : 1),
  ERROR_NUMBER: (engine) => handled(engine)?.number ?? null,
  ERROR_MESSAGE: (engine) => handled(engine)?.message ?? null,
  ERROR_SEVERITY: (engine) => handled(engine)?.severity ?? null,
  ERROR_STATE: (engine) => handled(engine)?.state ?? null,
  ERROR_LINE: (engine) => handled(engine)?.line ?? null,
  ERROR_PROCEDURE: (engine) => handled(engine)?.procedure || null,
  DB_NAME: (engine) => engine.database.name,
  ORIGINAL_DB_NAME: (engine) => engine.database.name,
  DB_ID: () => 5,
  USER_NAME: () => 'dbo',
  USER: () => 'dbo',
  CURRENT_USER: () => 'dbo',
  SESSION_USER: () => 'dbo',
  USER_ID: () => 1,
  DATABASE_PRINCIPAL_ID: () => 1,
  SCHEMA_NAME: () => 'dbo',
  SCHEMA_ID: () => 1,
  SUSER_SNAME: login,
  SUSER_NAME: login,
  SYSTEM_USER: login,
  ORIGINAL_LOGIN: login,
  SUSER_ID: () => 1,
  SUSER_SID: (engine) => Buffer.from(engine.identity.name),
  HOST_NAME: (engine) => engine.identity.host,
  HOST_ID: (engine) => String(engine.id),
  APP_NAME: (engine) => engine.identity.application,
  PROGRAM_NAME: (engine) => engine.identity.application,
  CURRENT_REQUEST_ID: () => 0,
  CURRENT_TRANSACTION_ID: (engine) => BigInt(engine.id),
  CONNECTION_ID: () => null,
  GET_FILESTREAM_TRANSACTION_CONTEXT: () => null,
  CONTEXT_INFO: () => null,
  CURRENT_TIMEZONE: () => '(UTC) Coordinated Universal Time',
  CURRENT_TIMEZONE_ID: () => 'UTC',
};

/** @throws Error for a name the front end promises and this table lacks: a fault of ours. */
export function sessionValue(engine: Engine, name: string): SqlValue {
  const source = SOURCES[name.toUpperCase()];
  if (!source) throw new Error(`session value ${name} has no source`);
  return source(engine);
}
