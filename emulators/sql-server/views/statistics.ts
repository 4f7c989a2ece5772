import type { SqlType } from '../../tsql/sql-type.ts';
import { type SystemView, sysname, view } from '../system-view.ts';

/** Statistics: every index has those of its columns, and there are no others here. */

const int: SqlType = { name: 'int' };
const bit: SqlType = { name: 'bit' };

export const views = (): [string, SystemView][] => [
  [
    'sys.stats',
    view(
      {
        object_id: int,
        name: sysname,
        stats_id: int,
        auto_created: bit,
        user_created: bit,
        no_recompute: bit,
        has_filter: bit,
        filter_definition: { name: 'nvarchar', length: 'max' },
        is_temporary: bit,
        is_incremental: bit,
      },
      (engine) =>
        engine.catalog.tables().flatMap((table) =>
          table.keys.map((each) => ({
            object_id: table.id,
            name: each.name,
            stats_id: each.indexId,
            auto_created: false,
            user_created: false,
            no_recompute: false,
            has_filter: each.filter !== undefined,
            filter_definition: each.filter ?? null,
            is_temporary: false,
            is_incremental: false,
          })),
        ),
    ),
  ],
  [
    'sys.stats_columns',
    view({ object_id: int, stats_id: int, stats_column_id: int, column_id: int }, (engine) =>
      engine.catalog.tables().flatMap((table) =>
        table.keys.flatMap((key) =>
          key.columns.map((each, position) => ({
            object_id: table.id,
            stats_id: key.indexId,
            stats_column_id: position + 1,
            column_id:
              table.columns.find((column) => column.name.toLowerCase() === each.name.toLowerCase())?.id ?? null,
          })),
        ),
      ),
    ),
  ],
];
