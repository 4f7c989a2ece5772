import { type DataType, DOUBLE, duckDbType, INTEGER } from '../../delta/data-type.ts';
import type { Bound } from '../binder/bound.ts';
import { implicitCast } from '../binder/coercion.ts';
import { suffixOf } from './call.ts';
import { type CallSite, define, type Registry } from './define.ts';

/** Functions that only stand before OVER. */
export function registerWindows(registry: Registry): void {
  const ranking = (name: string, type: DataType, args = 0): void =>
    define(registry, name, {
      kind: 'window',
      min: args,
      max: args,
      bind: ({ args: bounds, place, call }) => ({
        sql: `CAST(${name}(${bounds.map((bound) => bound.sql).join(', ')})${suffixOf(place, call)} AS ${duckDbType(type)})`,
        type,
      }),
    });
  for (const name of ['row_number', 'rank', 'dense_rank']) ranking(name, INTEGER);
  ranking('ntile', INTEGER, 1);
  for (const name of ['percent_rank', 'cume_dist']) ranking(name, DOUBLE);

  for (const name of ['lag', 'lead'])
    define(registry, name, { kind: 'window', min: 1, max: 3, bind: (site) => neighbour(name, site) });
  const value = (names: string, duckDb: string, min: number): void =>
    define(registry, names, {
      kind: 'window',
      min,
      max: 2,
      bind: ({ args, place, call }) => {
        const ignoreNulls = call.ignoreNulls || (duckDb !== 'nth_value' && args[1]?.constant === 'true');
        const rest = duckDb === 'nth_value' ? `, ${args[1]!.sql}` : '';
        return {
          sql: `${duckDb}(${args[0]!.sql}${rest}${ignoreNulls ? ' IGNORE NULLS' : ''})${suffixOf(place, call)}`,
          type: args[0]!.type,
        };
      },
    });
  value('first_value', 'first_value', 1);
  value('last_value', 'last_value', 1);
  value('nth_value', 'nth_value', 2);
}

function neighbour(name: string, { args, call, place, at }: CallSite): Bound {
  const [value, offset, fallback] = args;
  const parts = [
    value!.sql,
    offset === undefined ? '1' : implicitCast(offset, INTEGER, at).sql,
    ...(fallback === undefined ? [] : [implicitCast(fallback, value!.type, at).sql]),
  ];
  return {
    sql: `${name}(${parts.join(', ')}${call.ignoreNulls ? ' IGNORE NULLS' : ''})${suffixOf(place, call)}`,
    type: value!.type,
  };
}
