import type { ActivityRunError } from './run-records.ts';

/** What `activity('name')` shows of an activity that has ended. */
export interface ActivityResult {
  readonly Name: string;
  readonly ActivityRunId: string;
  readonly Status: string;
  readonly ExecutionStartTime: string;
  readonly ExecutionEndTime: string;
  /** Seconds. */
  readonly Duration: number;
  readonly output: unknown;
  readonly error: ActivityRunError | null;
}

/** What expressions read from outside the run. */
export interface Ambient {
  readonly now: () => Date;
  readonly guid: () => string;
  /** In [0, 1). */
  readonly random: () => number;
}

/** What an expression can see from where it stands. */
export interface Scope {
  readonly ambient: Ambient;
  /** The value of `pipeline()`: parameters and globalParameters included. */
  readonly pipeline?: Readonly<Record<string, unknown>>;
  /** By name, as declared. Shared by the whole run and written to by SetVariable. */
  readonly variables?: ReadonlyMap<string, unknown>;
  /** Activities that are ancestors of this place, by name. */
  readonly activities?: ReadonlyMap<string, ActivityResult>;
  /** The innermost loop's item. */
  readonly item?: { readonly value: unknown };
  readonly dataset?: Readonly<Record<string, unknown>>;
  readonly linkedService?: Readonly<Record<string, unknown>>;
}
