export type { Action, Add, MetaData, Protocol, Remove, Stats } from './actions.ts';
export { checkpointReader, type ReadCheckpoint, writeCheckpoint } from './checkpoint.ts';
export { commit, isAppendOnly, protocol } from './commit.ts';
export * from './data-type.ts';
export { DeltaError } from './delta-error.ts';
export { checkSchema, parseSchema, printSchema } from './schema.ts';
export { type DataFile, readSnapshot, refreshSnapshot, type Snapshot, tableExists } from './snapshot.ts';
