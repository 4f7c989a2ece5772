import type { ColumnDefinition, TableDefinition } from '../../sql-server/index.ts';
import type { SqlType } from '../../tsql/sql-type.ts';
import { type CaptureInstance, changeTable } from './instance.ts';

/** The tables of schema cdc: https://learn.microsoft.com/sql/relational-databases/system-tables/cdc-change-tables-transact-sql */

const int: SqlType = { name: 'int' };
const bit: SqlType = { name: 'bit' };
const sysname: SqlType = { name: 'nvarchar', length: 128 };
const datetime: SqlType = { name: 'datetime' };
export const lsnType: SqlType = { name: 'binary', length: 10 };
const maskType: SqlType = { name: 'varbinary', length: 128 };

export const METADATA: Readonly<Record<string, Readonly<Record<string, SqlType>>>> = {
  change_tables: {
    object_id: int,
    version: int,
    source_object_id: int,
    capture_instance: sysname,
    start_lsn: lsnType,
    end_lsn: lsnType,
    supports_net_changes: bit,
    has_drop_pending: bit,
    role_name: sysname,
    index_name: sysname,
    filegroup_name: sysname,
    create_date: datetime,
    partition_switch: bit,
  },
  captured_columns: {
    object_id: int,
    column_name: sysname,
    column_id: int,
    column_type: sysname,
    column_ordinal: int,
    is_computed: bit,
    masking_function: { name: 'nvarchar', length: 4000 },
  },
  index_columns: { object_id: int, column_name: sysname, index_ordinal: { name: 'tinyint' }, column_id: int },
  ddl_history: {
    source_object_id: int,
    object_id: int,
    required_column_update: bit,
    ddl_command: { name: 'nvarchar', length: 'max' },
    ddl_lsn: lsnType,
    ddl_time: datetime,
  },
  lsn_time_mapping: {
    start_lsn: lsnType,
    tran_begin_time: datetime,
    tran_end_time: datetime,
    tran_id: { name: 'varbinary', length: 10 },
    tran_begin_lsn: lsnType,
  },
};

export function systemTable(
  id: number,
  name: string,
  columns: readonly (readonly [name: string, type: SqlType, nullable: boolean])[],
  created: bigint,
): TableDefinition {
  const defined = columns.map(
    ([column, type, nullable], index): ColumnDefinition => ({ id: index + 1, name: column, type, nullable }),
  );
  return {
    kind: 'table',
    id,
    schema: 'cdc',
    name,
    created,
    modified: created,
    columns: defined,
    keys: [],
    checks: [],
    foreignKeys: [],
    system: true,
  };
}

/** Captured columns are nullable in the change table whatever they are in the source. */
export function changeTableDefinition(instance: CaptureInstance, created: bigint): TableDefinition {
  return systemTable(
    instance.tableId,
    changeTable(instance),
    [
      ['__$start_lsn', lsnType, false],
      ['__$end_lsn', lsnType, true],
      ['__$seqval', lsnType, false],
      ['__$operation', int, false],
      ['__$update_mask', maskType, true],
      ...instance.columns.map((each) => [each.name, each.type, true] as const),
      ['__$command_id', int, true],
    ],
    created,
  );
}
