import { DATETIME, INT } from '../bind/types.ts';
import type { SqlType } from '../sql-type.ts';

const NAME: SqlType = { name: 'nvarchar', length: 128 };

/** `@@x`: values of the session, which the engine supplies. */
export const SESSION_GLOBALS: ReadonlyMap<string, SqlType> = new Map<string, SqlType>([
  ['@@ROWCOUNT', INT],
  ['@@TRANCOUNT', INT],
  ['@@ERROR', INT],
  ['@@VERSION', { name: 'nvarchar', length: 300 }],
  ['@@SPID', { name: 'smallint' }],
  ['@@SERVERNAME', NAME],
  ['@@SERVICENAME', NAME],
  ['@@IDENTITY', { name: 'decimal', precision: 38, scale: 0 }],
  ['@@FETCH_STATUS', INT],
  ['@@LANGUAGE', NAME],
  ['@@LANGID', { name: 'smallint' }],
  ['@@DATEFIRST', { name: 'tinyint' }],
  ['@@MAX_PRECISION', { name: 'tinyint' }],
  ['@@MAX_CONNECTIONS', INT],
  ['@@NESTLEVEL', INT],
  ['@@OPTIONS', INT],
  ['@@PROCID', INT],
  ['@@LOCK_TIMEOUT', INT],
  ['@@TEXTSIZE', INT],
  ['@@DBTS', { name: 'varbinary', length: 8 }],
  ['@@MICROSOFTVERSION', INT],
]);

/** Functions without arguments whose value is the session's, named as the engine gets them. */
export const SESSION_FUNCTIONS: ReadonlyMap<string, SqlType> = new Map<string, SqlType>([
  ['GETDATE', DATETIME],
  ['GETUTCDATE', DATETIME],
  ['CURRENT_TIMESTAMP', DATETIME],
  ['CURRENT_DATE', { name: 'date' }],
  ['SYSDATETIME', { name: 'datetime2', scale: 7 }],
  ['SYSUTCDATETIME', { name: 'datetime2', scale: 7 }],
  ['SYSDATETIMEOFFSET', { name: 'datetimeoffset', scale: 7 }],
  ['SCOPE_IDENTITY', { name: 'decimal', precision: 38, scale: 0 }],
  ['ROWCOUNT_BIG', { name: 'bigint' }],
  ['XACT_STATE', { name: 'smallint' }],
  ['ERROR_NUMBER', INT],
  ['ERROR_MESSAGE', { name: 'nvarchar', length: 4000 }],
  ['ERROR_SEVERITY', INT],
  ['ERROR_STATE', INT],
  ['ERROR_LINE', INT],
  ['ERROR_PROCEDURE', NAME],
  ['DB_NAME', NAME],
  ['DB_ID', { name: 'smallint' }],
  ['USER_NAME', NAME],
  ['CURRENT_USER', NAME],
  ['SESSION_USER', NAME],
  ['SYSTEM_USER', NAME],
  ['USER', NAME],
  ['SUSER_NAME', NAME],
  ['SUSER_SNAME', NAME],
  ['ORIGINAL_LOGIN', NAME],
  ['HOST_NAME', NAME],
  ['APP_NAME', NAME],
  ['PROGRAM_NAME', NAME],
  ['SCHEMA_NAME', NAME],
  ['CURRENT_TRANSACTION_ID', { name: 'bigint' }],
]);
