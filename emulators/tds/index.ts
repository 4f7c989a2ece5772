export { type Collation, LATIN1_UTF8, SQL_LATIN1 } from './collation.ts';
export { startTdsServer, type TdsServer, type TdsServerOptions } from './server.ts';
export * from './session.ts';
