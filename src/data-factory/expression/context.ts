import type { Value } from './value.ts';

/**
 * What an expression can see of the run it belongs to. Only what a place offers is set: a dataset's expressions see `dataset`, not
 * `activity`; calling what is absent is the service's error.
 */
export interface ExpressionContext {
  /** The object behind `pipeline()`: RunId, TriggerTime, Pipeline, parameters, globalParameters and so on. */
  readonly pipeline?: { readonly [key: string]: Value };
  /** The object behind `activity('name')`: output, error, status and so on. Undefined where there is no such finished activity. */
  readonly activity?: (name: string) => Value | undefined;
  /** The current element of the ForEach around. */
  readonly item?: () => Value;
  /** A variable's value; undefined where the pipeline declares no such variable. */
  readonly variables?: (name: string) => Value | undefined;
  /** The parameters of the dataset or linked service being resolved. */
  readonly dataset?: () => Value;
  readonly linkedService?: () => Value;
  /** The object behind `trigger()`; event triggers put `outputs.body` in it. */
  readonly trigger?: () => Value;
  /** The present, for utcNow, getFutureTime and getPastTime. */
  readonly now: () => Date;
  /** A new GUID in the `D` form: 32 lower-case hex digits with hyphens. */
  readonly guid: () => string;
  /** A number in [0, 1), for rand. */
  readonly random: () => number;
}
