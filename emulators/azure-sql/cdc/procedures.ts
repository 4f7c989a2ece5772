import {
  type Engine,
  type Invocation,
  quoteName,
  rows,
  run,
  type SystemProcedure,
  type TableDefinition,
} from '../../sql-server/index.ts';
import { typeInfo } from '../../sql-server/type-info.ts';
import { notImplemented, SqlError } from '../../tsql/sql-error.ts';
import type { Column, SqlType, SqlValue } from '../../tsql/sql-type.ts';
import { type CaptureInstance, changeTable, findInstance, instances } from './instance.ts';
import type { LsnClock } from './lsn-clock.ts';
import {
  disableDatabase,
  disableTable,
  enableDatabase,
  enableTable,
  noInstance,
  requireEnabled,
  sourceTable,
} from './manage.ts';
import { lsnType } from './tables.ts';

/** The stored procedures of change data capture: https://learn.microsoft.com/sql/relational-databases/system-stored-procedures/change-data-capture-stored-procedures-transact-sql */

const sysname: SqlType = { name: 'nvarchar', length: 128 };
const textMax: SqlType = { name: 'nvarchar', length: 'max' };
const int: SqlType = { name: 'int' };
const bit: SqlType = { name: 'bit' };
const bigint: SqlType = { name: 'bigint' };
const datetime: SqlType = { name: 'datetime' };

const text = (call: Invocation, name: string): string | null => {
  const value = call.values.get(name);
  return value === null || value === undefined ? null : String(value);
};

const CHANGING = /^sp_cdc_(enable|disable|cleanup)_/;

/** What these write has no way back to a savepoint. */
const beforeSavepoints = (name: string, procedure: SystemProcedure): SystemProcedure => ({
  ...procedure,
  async run(engine, call) {
    if (engine.transaction.savepoints.length > 0) throw notImplemented(`sys.${name} after SAVE TRANSACTION`);
    return procedure.run(engine, call);
  },
});

export function procedures(clock: LsnClock): ReadonlyMap<string, SystemProcedure> {
  const nothing: SystemProcedure['parameters'] = [];
  const all: [string, SystemProcedure][] = [
    [
      'sp_cdc_enable_db',
      {
        parameters: nothing,
        async run(engine) {
          await enableDatabase(engine);
          return 0;
        },
      },
    ],
    [
      'sp_cdc_disable_db',
      {
        parameters: nothing,
        async run(engine) {
          await disableDatabase(engine, clock);
          return 0;
        },
      },
    ],
    [
      'sp_cdc_enable_table',
      {
        parameters: [
          { name: '@source_schema', type: sysname },
          { name: '@source_name', type: sysname },
          { name: '@capture_instance', type: sysname, default: null },
          { name: '@supports_net_changes', type: bit, default: null },
          { name: '@role_name', type: sysname },
          { name: '@index_name', type: sysname, default: null },
          { name: '@captured_column_list', type: textMax, default: null },
          { name: '@filegroup_name', type: sysname, default: null },
          { name: '@partition_switch', type: bit, default: true },
          { name: '@allow_partition_switch', type: bit, default: true },
        ],
        async run(engine, call) {
          await enableTable(engine, clock, {
            schema: text(call, '@source_schema') ?? '',
            name: text(call, '@source_name') ?? '',
            instance: text(call, '@capture_instance'),
            netChanges: (call.values.get('@supports_net_changes') ?? null) as boolean | null,
            role: text(call, '@role_name'),
            index: text(call, '@index_name'),
            columns: text(call, '@captured_column_list'),
          });
          return 0;
        },
      },
    ],
    [
      'sp_cdc_disable_table',
      {
        parameters: [
          { name: '@source_schema', type: sysname },
          { name: '@source_name', type: sysname },
          { name: '@capture_instance', type: sysname },
        ],
        async run(engine, call) {
          await disableTable(
            engine,
            text(call, '@source_schema') ?? '',
            text(call, '@source_name') ?? '',
            text(call, '@capture_instance') ?? '',
          );
          return 0;
        },
      },
    ],
    ['sp_cdc_help_change_data_capture', help],
    ['sp_cdc_get_captured_columns', capturedColumns],
    ['sp_cdc_cleanup_change_table', cleanup],
    [
      // Changes are captured in the transaction that makes them: there is never a log left to scan.
      'sp_cdc_scan',
      {
        parameters: [
          { name: '@maxtrans', type: int, default: 500 },
          { name: '@maxscans', type: int, default: 10 },
          { name: '@continuous', type: { name: 'tinyint' }, default: 0 },
          { name: '@pollinginterval', type: bigint, default: 0n },
          { name: '@is_from_job', type: int, default: 0 },
        ],
        async run(engine) {
          requireEnabled(engine);
          return 0;
        },
      },
    ],
  ];
  return new Map(all.map(([name, each]) => [name, CHANGING.test(name) ? beforeSavepoints(name, each) : each]));
}

async function send(
  call: Invocation,
  columns: readonly (readonly [string, SqlType])[],
  found: SqlValue[][],
): Promise<void> {
  const described: Column[] = columns.map(([name, type]) => ({ name, type, nullable: true }));
  await call.sink.columns(described);
  if (found.length > 0) {
    await call.sink.rows({
      rows: found.length,
      values: described.map((_, index) => found.map((row) => row[index] ?? null)),
    });
  }
  await call.sink.done(found.length, 'select');
}

async function startOf(engine: Engine, instance: CaptureInstance): Promise<SqlValue> {
  const found = await rows(
    engine.connection,
    'SELECT start_lsn FROM cdc.change_tables WHERE object_id = $1',
    [{ type: int, value: instance.tableId }],
    [lsnType],
  );
  return found[0]?.[0] ?? null;
}

const bracketed = (names: readonly string[]): string =>
  names.map((each) => `[${each.replaceAll(']', ']]')}]`).join(', ');

const help: SystemProcedure = {
  parameters: [
    { name: '@source_schema', type: sysname, default: null },
    { name: '@source_name', type: sysname, default: null },
  ],
  async run(engine, call) {
    requireEnabled(engine);
    const schema = text(call, '@source_schema');
    const name = text(call, '@source_name');
    let source: TableDefinition | undefined;
    if (schema !== null && name !== null) source = sourceTable(engine, schema, name);
    const found: SqlValue[][] = [];
    for (const each of instances(engine.catalog)) {
      if (source && each.sourceId !== source.id) continue;
      const table = engine.catalog.table('cdc', changeTable(each));
      found.push([
        each.sourceSchema,
        each.sourceName,
        each.name,
        each.tableId,
        each.sourceId,
        await startOf(engine, each),
        null,
        each.netChanges,
        false,
        each.roleName,
        each.indexName,
        null,
        table?.created ?? null,
        bracketed(each.keys) || null,
        bracketed(each.columns.map((column) => column.name)),
      ]);
    }
    await send(
      call,
      [
        ['source_schema', sysname],
        ['source_table', sysname],
        ['capture_instance', sysname],
        ['object_id', int],
        ['source_object_id', int],
        ['start_lsn', lsnType],
        ['end_lsn', lsnType],
        ['supports_net_changes', bit],
        ['has_drop_pending', bit],
        ['role_name', sysname],
        ['index_name', sysname],
        ['filegroup_name', sysname],
        ['create_date', datetime],
        ['index_column_list', textMax],
        ['captured_column_list', textMax],
      ],
      found,
    );
    return 0;
  },
};

const capturedColumns: SystemProcedure = {
  parameters: [{ name: '@capture_instance', type: sysname }],
  async run(engine, call) {
    requireEnabled(engine);
    const name = text(call, '@capture_instance') ?? '';
    const instance = findInstance(engine.catalog, name);
    if (!instance) throw invalidInstance(name);
    await send(
      call,
      [
        ['source_schema', sysname],
        ['source_table', sysname],
        ['capture_instance', sysname],
        ['column_name', sysname],
        ['column_id', int],
        ['ordinal_position', int],
        ['data_type', sysname],
        ['character_maximum_length', int],
        ['numeric_precision', { name: 'tinyint' }],
        ['numeric_scale', int],
      ],
      instance.columns.map((each, index) => {
        const info = typeInfo(each.type);
        const { length } = each.type;
        return [
          instance.sourceSchema,
          instance.sourceName,
          instance.name,
          each.name,
          each.id,
          index + 1,
          each.type.name,
          length === undefined ? null : length === 'max' ? -1 : length,
          info.precision || null,
          info.precision ? info.scale : null,
        ];
      }),
    );
    return 0;
  },
};

const invalidInstance = (name: string): SqlError =>
  new SqlError(
    22964,
    `The capture instance '${name}' is not valid. Specify the name of a capture instance of the current database: see sys.sp_cdc_help_change_data_capture.`,
  );

/** Raises the low watermark of an instance and deletes what lies below; a NULL watermark leaves both as they are. */
const cleanup: SystemProcedure = {
  parameters: [
    { name: '@capture_instance', type: sysname },
    { name: '@low_water_mark', type: lsnType },
    { name: '@threshold', type: bigint, default: 5000n },
    { name: '@fCleanupFailed', type: bit, default: null, output: true },
  ],
  async run(engine, call) {
    requireEnabled(engine);
    const name = text(call, '@capture_instance') ?? '';
    const instance = findInstance(engine.catalog, name);
    if (!instance) throw noInstance(name, 'any');
    const mark = call.values.get('@low_water_mark') ?? null;
    await engine.transaction.write(async () => {
      if (mark !== null) {
        const known = await rows(
          engine.connection,
          'SELECT 1 FROM cdc.lsn_time_mapping WHERE start_lsn = $1',
          [{ type: lsnType, value: mark }],
          [int],
        );
        if (known.length === 0) {
          throw new SqlError(
            22957,
            `LSN 0x${Buffer.from(mark as Uint8Array)
              .toString('hex')
              .toUpperCase()}, specified as the new low end point for change table cleanup for capture instance '${instance.name}', is not within the range of valid LSNs of the database. Specify a start_lsn of cdc.lsn_time_mapping.`,
          );
        }
        const args = [
          { type: lsnType, value: mark },
          { type: int, value: instance.tableId },
        ];
        await run(
          engine.connection,
          'UPDATE cdc.change_tables SET start_lsn = $1 WHERE object_id = $2 AND start_lsn < $1',
          args,
        );
      }
      const low = { type: lsnType, value: await startOf(engine, instance) };
      await run(engine.connection, `DELETE FROM cdc.${quoteName(changeTable(instance))} WHERE "__$start_lsn" < $1`, [
        low,
      ]);
      await run(
        engine.connection,
        'DELETE FROM cdc.lsn_time_mapping WHERE start_lsn < (SELECT min(start_lsn) FROM cdc.change_tables)',
      );
    });
    call.set('@fCleanupFailed', false);
    return 0;
  },
};
