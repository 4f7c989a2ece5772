import type { SqlType } from '../../tsql/sql-type.ts';
import { storageName } from '../bind-catalog.ts';
import { type SystemView, sysname, view } from '../system-view.ts';

/** Dynamic management views. A session sees itself: the others belong to the wire. */

const int: SqlType = { name: 'int' };
const bit: SqlType = { name: 'bit' };
const smallint: SqlType = { name: 'smallint' };
const bigint: SqlType = { name: 'bigint' };
const datetime: SqlType = { name: 'datetime' };
const text: SqlType = { name: 'nvarchar', length: 60 };

export function views(): [string, SystemView][] {
  return [
    [
      'sys.dm_exec_sessions',
      view(
        {
          session_id: smallint,
          login_time: datetime,
          host_name: sysname,
          program_name: sysname,
          login_name: sysname,
          original_login_name: sysname,
          status: text,
          database_id: smallint,
          is_user_process: bit,
          transaction_isolation_level: smallint,
          lock_timeout: int,
          open_transaction_count: int,
          row_count: bigint,
        },
        (engine) => [
          {
            session_id: engine.id,
            host_name: engine.identity.host,
            program_name: engine.identity.application,
            login_name: engine.identity.name,
            original_login_name: engine.identity.name,
            status: 'running',
            database_id: 5,
            is_user_process: true,
            transaction_isolation_level: engine.options.isolation,
            lock_timeout: engine.transaction.lockTimeout,
            open_transaction_count: engine.transaction.count,
            row_count: engine.rowCount,
          },
        ],
      ),
    ],
    [
      'sys.dm_exec_connections',
      view(
        {
          session_id: int,
          net_transport: text,
          protocol_type: text,
          encrypt_option: text,
          auth_scheme: text,
          client_net_address: text,
        },
        (engine) => [
          {
            session_id: engine.id,
            net_transport: 'TCP',
            protocol_type: 'TSQL',
            auth_scheme: 'SQL',
            client_net_address: '127.0.0.1',
          },
        ],
      ),
    ],
    [
      'sys.dm_db_partition_stats',
      view(
        {
          partition_id: bigint,
          object_id: int,
          index_id: int,
          partition_number: int,
          in_row_data_page_count: bigint,
          used_page_count: bigint,
          reserved_page_count: bigint,
          row_count: bigint,
        },
        (engine) =>
          engine.catalog.tables().flatMap((table) => {
            const indexes = table.keys.map((each) => each.indexId);
            if (!table.keys.some((each) => each.clustered)) indexes.unshift(0);
            return indexes.map((index) => ({
              partition_id: BigInt(table.id) * 1000n + BigInt(index),
              object_id: table.id,
              index_id: index,
              partition_number: 1,
              row_count: { expression: `(SELECT count(*) FROM ${storageName(table)})` },
            }));
          }),
      ),
    ],
  ];
}
