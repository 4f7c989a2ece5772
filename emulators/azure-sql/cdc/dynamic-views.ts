import { type SystemView, view } from '../../sql-server/system-view.ts';
import type { SqlType } from '../../tsql/sql-type.ts';
import { enabled } from './instance.ts';

/**
 * What monitoring reads of change data capture. Capture happens in the transaction itself, so it never lags and never fails by itself:
 * there is one row of totals, the session 0 of the documentation, and no error.
 * https://learn.microsoft.com/sql/relational-databases/system-dynamic-management-views/change-data-capture-sys-dm-cdc-log-scan-sessions
 */

const int: SqlType = { name: 'int' };
const bigint: SqlType = { name: 'bigint' };
const datetime: SqlType = { name: 'datetime' };
const lsn: SqlType = { name: 'nvarchar', length: 23 };

const MAPPED = 'FROM cdc.lsn_time_mapping';
/** 00000020:00000008:0001, as the log writes an LSN. */
const written = (aggregate: string): { expression: string } => ({
  expression: `(SELECT regexp_replace(lower(hex(${aggregate}(start_lsn))), '^(.{8})(.{8})(.{4})$', '\\1:\\2:\\3') ${MAPPED})`,
});
const found = (sql: string): { expression: string } => ({ expression: `(SELECT ${sql} ${MAPPED})` });

export function dynamicViews(): [string, SystemView][] {
  return [
    [
      'sys.dm_cdc_log_scan_sessions',
      view(
        {
          session_id: int,
          start_time: datetime,
          end_time: datetime,
          duration: int,
          scan_phase: { name: 'nvarchar', length: 200 },
          error_count: int,
          start_lsn: lsn,
          current_lsn: lsn,
          end_lsn: lsn,
          tran_count: bigint,
          last_commit_lsn: lsn,
          last_commit_time: datetime,
          log_record_count: bigint,
          schema_change_count: int,
          command_count: bigint,
          first_begin_cdc_lsn: lsn,
          last_commit_cdc_lsn: lsn,
          last_commit_cdc_time: datetime,
          latency: int,
          empty_scan_count: int,
          failed_sessions_count: int,
        },
        (engine) =>
          enabled(engine.catalog)
            ? [
                {
                  session_id: 0,
                  start_time: found('min(tran_begin_time)'),
                  end_time: found('max(tran_end_time)'),
                  duration: 0,
                  scan_phase: 'Done',
                  error_count: 0,
                  start_lsn: written('min'),
                  current_lsn: written('max'),
                  end_lsn: written('max'),
                  tran_count: found('count(*)'),
                  last_commit_lsn: written('max'),
                  last_commit_time: found('max(tran_end_time)'),
                  schema_change_count: { expression: '(SELECT count(*) FROM cdc.ddl_history)' },
                  first_begin_cdc_lsn: written('min'),
                  last_commit_cdc_lsn: written('max'),
                  last_commit_cdc_time: found('max(tran_end_time)'),
                  latency: 0,
                  empty_scan_count: 0,
                  failed_sessions_count: 0,
                },
              ]
            : [],
      ),
    ],
    [
      'sys.dm_cdc_errors',
      view(
        {
          session_id: int,
          phase_number: int,
          entry_time: datetime,
          error_number: int,
          error_severity: int,
          error_state: int,
          error_message: { name: 'nvarchar', length: 1024 },
          start_lsn: lsn,
          begin_lsn: lsn,
          sequence_value: lsn,
        },
        () => [],
      ),
    ],
  ];
}
