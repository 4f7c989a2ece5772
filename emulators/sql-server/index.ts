export * from './catalog.ts';
export { Database, type DatabaseOptions } from './database.ts';
export type { Dialect, SystemProcedure } from './dialect.ts';
export { duckLiteral, duckType, duckTypeName, quoteName, quoteText } from './duck-type.ts';
export { Engine, type Identity } from './engine.ts';
export type { Invocation } from './procedures/invocation.ts';
export { type Argument, rows, run, stream } from './run.ts';
export { SqlSession } from './session.ts';
export { type Cell, type SystemView, sysname, view } from './system-view.ts';
