import { type Engine, quoteName, quoteText } from '../../sql-server/index.ts';
import { raise } from '../../tsql/emit/raise.ts';
import type { BoundExpression, CatalogColumn, ObjectName, Relation, ScalarFunctionResult } from '../../tsql/index.ts';
import { notImplemented, SqlError } from '../../tsql/sql-error.ts';
import type { SqlType } from '../../tsql/sql-type.ts';
import { type CaptureInstance, changeTable, enabled, findInstance, instances } from './instance.ts';
import { step, ZERO } from './lsn.ts';
import { lsnType } from './tables.ts';

/** The query functions of change data capture, as set-based SQL over the change tables. */

const ALL = 'fn_cdc_get_all_changes_';
const NET = 'fn_cdc_get_net_changes_';
const LSN = '"__$start_lsn"';
const int: SqlType = { name: 'int' };
const bit: SqlType = { name: 'bit' };

/** undefined: no such function, which makes error 208. */
export function tableFunction(
  engine: Engine,
  name: ObjectName,
  args: readonly BoundExpression[],
): Relation | undefined {
  const [schema, object] = name.parts.slice(-2).map((each) => each.toLowerCase());
  if (schema !== 'cdc' || object === undefined || !enabled(engine.catalog)) return undefined;
  const kind = object.startsWith(ALL) ? ALL : object.startsWith(NET) ? NET : undefined;
  const instance = kind && findInstance(engine.catalog, object.slice(kind.length));
  if (!kind || !instance || (kind === NET && !instance.netChanges)) return undefined;
  const written = `cdc.${kind}${instance.name}`;
  if (args.length < 3) {
    throw new SqlError(
      313,
      `An insufficient number of arguments were supplied for the procedure or function ${written}.`,
      {
        state: 3,
        line: name.line,
      },
    );
  }
  if (args.length > 3) {
    throw new SqlError(8144, `Procedure or function ${written} has too many arguments specified.`, {
      state: 3,
      line: name.line,
    });
  }
  const [from, to, option] = args.map((each) => each.sql) as [string, string, string];
  const sql = kind === ALL ? allChanges(instance, from, to, option) : netChanges(instance, from, to, option);
  return { sql, columns: columns(instance) };
}

function columns(instance: CaptureInstance): CatalogColumn[] {
  const column = (name: string, type: SqlType): CatalogColumn => ({ name, type, nullable: true });
  return [
    column('__$start_lsn', lsnType),
    ...(['__$seqval'] as const).map((name) => column(name, lsnType)),
    column('__$operation', int),
    column('__$update_mask', { name: 'varbinary', length: 128 }),
    ...instance.columns.map((each) => column(each.name, each.type)),
  ];
}

/** Ends in the server's misleading error 313 when the window is not within what the instance holds, or the option is unknown. */
function valid(
  instance: CaptureInstance,
  kind: string,
  from: string,
  to: string,
  option: string,
  options: readonly string[],
): string {
  const min = `(SELECT start_lsn FROM cdc.change_tables WHERE capture_instance = ${quoteText(instance.name)})`;
  const max = '(SELECT max(start_lsn) FROM cdc.lsn_time_mapping)';
  const known = options.map(quoteText).join(', ');
  const error = raise(
    313,
    `An insufficient number of arguments were supplied for the procedure or function cdc.${kind} ... .`,
  );
  return `(SELECT CASE WHEN ${from} >= ${min} AND ${to} <= ${max} AND ${from} <= ${to} AND lower(trim(${option})) IN (${known}) THEN true ELSE CAST(${error} AS BOOLEAN) END)`;
}

/** NULL bounds become zero here: a filter that is never true would let DuckDB skip the check that refuses them. */
const window = (from: string, to: string): string =>
  `${LSN} >= coalesce(${from}, unhex('${ZERO}')) AND ${LSN} <= coalesce(${to}, unhex('${ZERO}'))`;

function allChanges(instance: CaptureInstance, from: string, to: string, option: string): string {
  const check = valid(instance, ALL, from, to, option, ['all', 'all update old']);
  const names = columns(instance).map((each) => quoteName(each.name));
  return `(SELECT ${names.join(', ')} FROM cdc.${quoteName(changeTable(instance))} WHERE ${window(from, to)} AND ("__$operation" <> 3 OR lower(trim(${option})) = 'all update old') AND ${check})`;
}

/** One row per key: the last image, and the operation that leads there from before the window. */
function netChanges(instance: CaptureInstance, from: string, to: string, option: string): string {
  if (instance.columns.length > 64) throw notImplemented('net changes of a capture instance with more than 64 columns');
  const check = valid(instance, NET, from, to, option, ['all', 'all with mask', 'all with merge']);
  const chosen = `lower(trim(${option}))`;
  const key = instance.keys.map(quoteName).join(', ');
  const order = (direction: string): string =>
    [LSN, '"__$command_id"', '"__$seqval"', '"__$operation"'].map((each) => `${each} ${direction}`).join(', ');
  const digits = Math.ceil(instance.columns.length / 8) * 2;
  const operation = `CASE WHEN "__$operation" = 1 THEN 1 WHEN ${chosen} = 'all with merge' THEN 5 WHEN "$first" = 2 THEN 2 ELSE 4 END`;
  const values = columns(instance).map(({ name }) => {
    if (name === '__$operation') return `${operation} AS "__$operation"`;
    if (name === '__$update_mask') {
      return `CASE WHEN ${chosen} = 'all with mask' AND ${operation} = 4 THEN unhex(printf('%0${digits}X', "$mask")) END AS "__$update_mask"`;
    }
    return quoteName(name);
  });
  const bits = `CAST(CASE WHEN "__$operation" = 4 THEN '0x' || hex("__$update_mask") ELSE '0x0' END AS UBIGINT)`;
  return `(SELECT ${values.join(', ')} FROM (
    SELECT *, first_value("__$operation") OVER (PARTITION BY ${key} ORDER BY ${order('ASC')}) AS "$first",
      row_number() OVER (PARTITION BY ${key} ORDER BY ${order('DESC')}) AS "$last",
      bit_or(${bits}) OVER (PARTITION BY ${key}) AS "$mask"
    FROM cdc.${quoteName(changeTable(instance))}
    WHERE ${window(from, to)} AND "__$operation" <> 3 AND ${check}
  ) WHERE "$last" = 1 AND NOT ("$first" = 2 AND "__$operation" = 1))`;
}

type Build = (engine: Engine, args: readonly BoundExpression[]) => ScalarFunctionResult;

const TIMES: Readonly<Record<string, readonly [aggregate: string, operator: string]>> = {
  'largest less than': ['max', '<'],
  'largest less than or equal': ['max', '<='],
  'smallest greater than': ['min', '>'],
  'smallest greater than or equal': ['min', '>='],
};

const nothing = (type: SqlType, duck: string): ScalarFunctionResult => ({ sql: `CAST(NULL AS ${duck})`, type });

/** The ordinal of a captured column, by names given as SQL; NULL when there is none. */
function ordinal(engine: Engine, instance: string, column: string): string {
  const entries = instances(engine.catalog).flatMap((each) =>
    each.columns.map((col, index) => [`${each.name}/${col.name}`.toLowerCase(), index + 1] as const),
  );
  if (entries.length === 0) return 'CAST(NULL AS INTEGER)';
  const keys = entries.map(([name]) => quoteText(name)).join(', ');
  const values = entries.map(([, value]) => value).join(', ');
  return `map_extract_value(MAP([${keys}], [${values}]), lower(concat(${instance}, '/', ${column})))`;
}

function bitSet(position: string, mask: string): string {
  const digits = `hex(${mask})`;
  const start = `(length(${digits}) - 1 - 2 * ((${position} - 1) // 8))`;
  const byte = `CAST('0x' || substr(${digits}, CAST(${start} AS BIGINT), 2) AS INTEGER)`;
  return `CASE WHEN ${position} IS NULL OR ${mask} IS NULL THEN NULL WHEN ${position} < 1 OR ${start} < 1 THEN false ELSE ((${byte} >> CAST((${position} - 1) % 8 AS INTEGER)) & 1) = 1 END`;
}

const SCALARS: Readonly<Record<string, { count: number; build: Build }>> = {
  fn_cdc_get_max_lsn: {
    count: 0,
    build: (engine) =>
      enabled(engine.catalog)
        ? { sql: '(SELECT max(start_lsn) FROM cdc.lsn_time_mapping)', type: lsnType }
        : nothing(lsnType, 'BLOB'),
  },
  fn_cdc_get_min_lsn: {
    count: 1,
    build: (engine, [name]) =>
      enabled(engine.catalog)
        ? {
            sql: `coalesce((SELECT max(start_lsn) FROM cdc.change_tables WHERE lower(capture_instance) = lower(${name?.sql})), unhex('${ZERO}'))`,
            type: lsnType,
          }
        : nothing(lsnType, 'BLOB'),
  },
  fn_cdc_increment_lsn: { count: 1, build: (_, [lsn]) => ({ sql: step(lsn?.sql ?? 'NULL', 1), type: lsnType }) },
  fn_cdc_decrement_lsn: { count: 1, build: (_, [lsn]) => ({ sql: step(lsn?.sql ?? 'NULL', -1), type: lsnType }) },
  fn_cdc_map_lsn_to_time: {
    count: 1,
    build: (engine, [lsn]) =>
      enabled(engine.catalog)
        ? {
            sql: `(SELECT max(m.tran_end_time) FROM cdc.lsn_time_mapping m WHERE m.start_lsn = ${lsn?.sql})`,
            type: { name: 'datetime' },
          }
        : nothing({ name: 'datetime' }, 'TIMESTAMP'),
  },
  fn_cdc_map_time_to_lsn: {
    count: 2,
    build: (engine, [operator, time]) => {
      if (!enabled(engine.catalog)) return nothing(lsnType, 'BLOB');
      const chosen = TIMES[operator?.literal?.toLowerCase().trim() ?? ''];
      if (!chosen)
        throw notImplemented('sys.fn_cdc_map_time_to_lsn with an operator that is not one of its four literals');
      const [aggregate, comparison] = chosen;
      const instant = `CAST(${time?.sql} AS TIMESTAMP)`;
      return {
        sql: `(SELECT ${aggregate}(m.start_lsn) FROM cdc.lsn_time_mapping m WHERE m.tran_end_time ${comparison} ${instant})`,
        type: lsnType,
      };
    },
  },
  fn_cdc_get_column_ordinal: {
    count: 2,
    build: (engine, [instance, column]) => ({
      sql: ordinal(engine, instance?.sql ?? 'NULL', column?.sql ?? 'NULL'),
      type: int,
    }),
  },
  fn_cdc_has_column_changed: {
    count: 3,
    build: (engine, [instance, column, mask]) => ({
      sql: bitSet(`(${ordinal(engine, instance?.sql ?? 'NULL', column?.sql ?? 'NULL')})`, mask?.sql ?? 'NULL'),
      type: bit,
    }),
  },
  fn_cdc_is_bit_set: {
    count: 2,
    build: (_, [position, mask]) => ({ sql: bitSet(`(${position?.sql})`, mask?.sql ?? 'NULL'), type: bit }),
  },
};

export function scalarFunction(
  engine: Engine,
  name: ObjectName,
  args: readonly BoundExpression[],
): ScalarFunctionResult | undefined {
  const [schema, object] = name.parts.slice(-2).map((each) => each.toLowerCase());
  const found = schema === 'sys' && object !== undefined ? SCALARS[object] : undefined;
  if (!found) return undefined;
  if (args.length !== found.count) {
    const words =
      args.length < found.count
        ? 'An insufficient number of arguments were supplied'
        : 'Too many arguments were supplied';
    throw new SqlError(313, `${words} for the procedure or function sys.${object}.`, { state: 2, line: name.line });
  }
  return { ...found.build(engine, args), nullable: true };
}
