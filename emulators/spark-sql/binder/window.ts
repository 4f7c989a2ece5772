import type { FrameBound, WindowSpec } from '../ast.ts';
import { notImplemented, SparkError } from '../spark-error.ts';
import { isIntegral } from './coercion.ts';
import { bindExpression, type Place } from './expression.ts';

/** An OVER clause. Named windows are written out where they are used. */
export function bindWindow(place: Place, over: WindowSpec | string): string {
  const spec = typeof over === 'string' ? named(place, over) : over;
  const base = spec.base === undefined ? undefined : named(place, spec.base);
  const partitionBy = [...(base?.partitionBy ?? []), ...spec.partitionBy].map(
    (item) => bindExpression(place, item).sql,
  );
  const orderBy = (spec.orderBy.length > 0 ? spec.orderBy : (base?.orderBy ?? [])).map(
    (item) =>
      `${bindExpression(place, item.expression).sql} ${item.descending ? 'DESC' : 'ASC'} NULLS ${item.nullsFirst ? 'FIRST' : 'LAST'}`,
  );
  const frame = spec.frame ?? base?.frame;
  const parts = [
    ...(partitionBy.length > 0 ? [`PARTITION BY ${partitionBy.join(', ')}`] : []),
    ...(orderBy.length > 0 ? [`ORDER BY ${orderBy.join(', ')}`] : []),
    ...(frame === undefined
      ? []
      : [`${frame.unit} BETWEEN ${bound(place, frame.start)} AND ${bound(place, frame.end)}`]),
  ];
  return `(${parts.join(' ')})`;
}

function named(place: Place, name: string): WindowSpec {
  const spec = place.windows.get(name.toLowerCase());
  if (spec === undefined)
    throw new SparkError(
      'MISSING_WINDOW_SPECIFICATION',
      `Window specification is not defined in the WINDOW clause for \`${name}\`.`,
      { sqlState: '42P20' },
    );
  return spec;
}

function bound(place: Place, frame: FrameBound): string {
  if (!('amount' in frame)) return frame.bound;
  const amount = bindExpression(place, frame.amount);
  if (!isIntegral(amount.type) && amount.type.kind !== 'interval')
    throw notImplemented('a window frame bound that is no integer or interval', frame.amount.at);
  return `${amount.sql} ${frame.bound}`;
}
