import type { ResultSink } from '../../tds/session.ts';
import { SqlError } from '../../tsql/sql-error.ts';
import type { SqlType, SqlValue } from '../../tsql/sql-type.ts';
import type { Argument } from '../run.ts';

/** An argument as the caller gave it; `value` undefined stands for DEFAULT. */
export interface Given {
  /** With its @; empty for a positional one. */
  readonly name: string;
  readonly argument: Argument | undefined;
  readonly output: boolean;
}

export interface Formal {
  readonly name: string;
  readonly type: SqlType;
  readonly optional: boolean;
  readonly output: boolean;
}

/** A call of a system procedure with its arguments matched to its parameters. */
export interface Invocation {
  readonly sink: ResultSink;
  /** By lower-case name with the @. */
  readonly values: ReadonlyMap<string, SqlValue>;
  /** Sets an OUTPUT parameter. */
  set(name: string, value: SqlValue): void;
}

/**
 * Matches arguments to parameters, by position and then by name.
 * @returns the argument per lower-case parameter name; parameters left to their default are missing.
 * @throws SqlError 8144 too many, 8145 no such parameter, 201 not supplied, 8143 twice, 119 position after name.
 */
export function match(
  procedure: string,
  formals: readonly Formal[],
  given: readonly Given[],
): Map<string, Given & { argument: Argument }> {
  const matched = new Map<string, Given & { argument: Argument }>();
  let named = false;
  given.forEach((each, position) => {
    const formal =
      each.name === ''
        ? formals[position]
        : formals.find((candidate) => candidate.name.toLowerCase() === each.name.toLowerCase());
    if (each.name !== '') named = true;
    else if (named) {
      throw new SqlError(
        119,
        `Must pass parameter number ${position + 1} and subsequent parameters as '@name = value'. After the form '@name = value' has been used, all subsequent parameters must be passed in the form '@name = value'.`,
        { severity: 15 },
      );
    }
    if (!formal) {
      if (each.name === '') {
        throw new SqlError(8144, `Procedure or function ${procedure} has too many arguments specified.`, { state: 2 });
      }
      throw new SqlError(8145, `${each.name} is not a parameter for procedure ${procedure}.`);
    }
    const key = formal.name.toLowerCase();
    if (matched.has(key)) {
      throw new SqlError(8143, `Parameter '${formal.name}' was supplied multiple times.`);
    }
    if (each.output && !formal.output) {
      throw new SqlError(
        8162,
        `The formal parameter "${formal.name}" was not declared as an OUTPUT parameter, but the actual parameter passed in requested output.`,
      );
    }
    if (each.argument) matched.set(key, { ...each, argument: each.argument });
  });
  const missing = formals.find((each) => !each.optional && !matched.has(each.name.toLowerCase()));
  if (missing) {
    throw new SqlError(
      201,
      `Procedure or function '${procedure}' expects parameter '${missing.name}', which was not supplied.`,
      { state: 4 },
    );
  }
  return matched;
}
