import type { Action, Add, MetaData, Protocol, Remove, Transaction } from './actions.ts';

/** The log's state after some version: what replaying its actions leaves. Pure. */
export interface LogState {
  readonly protocol: Protocol | undefined;
  readonly metaData: MetaData | undefined;
  readonly files: ReadonlyMap<string, Add>;
  /** Removed files, kept until they expire so that VACUUM and checkpoints know them. */
  readonly tombstones: ReadonlyMap<string, Remove>;
  readonly transactions: ReadonlyMap<string, Transaction>;
}

export const emptyState: LogState = {
  protocol: undefined,
  metaData: undefined,
  files: new Map(),
  tombstones: new Map(),
  transactions: new Map(),
};

/** Action reconciliation: https://github.com/delta-io/delta/blob/master/PROTOCOL.md#action-reconciliation */
export function replay(state: LogState, actions: readonly Action[]): LogState {
  let { protocol, metaData } = state;
  const files = new Map(state.files);
  const tombstones = new Map(state.tombstones);
  const transactions = new Map(state.transactions);
  for (const action of actions) {
    if (action.protocol) protocol = action.protocol;
    if (action.metaData) metaData = action.metaData;
    if (action.txn) transactions.set(action.txn.appId, action.txn);
    if (action.remove) {
      files.delete(action.remove.path);
      tombstones.set(action.remove.path, action.remove);
    }
    if (action.add) {
      files.set(action.add.path, action.add);
      tombstones.delete(action.add.path);
    }
  }
  return { protocol, metaData, files, tombstones, transactions };
}
