import { bindQuery, parseBatch } from '../../tsql/index.ts';
import type { Column, SqlType } from '../../tsql/sql-type.ts';
import type { SystemProcedure } from '../dialect.ts';
import { Frame } from '../frame.ts';
import { typeInfo, writeType } from '../type-info.ts';
import { APP_LOCK_PROCEDURES } from './app-locks.ts';
import { EXTENDED_PROPERTY_PROCEDURES } from './extended-properties.ts';
import { describeParameterEncryption } from './parameter-encryption.ts';
import { rename } from './rename.ts';
import { parseDefinitions } from './sp-executesql.ts';
import { describeUndeclaredParameters } from './undeclared-parameters.ts';

/** System procedures that every service has. Those of the wire (sp_prepare, ...) are in prepared.ts, for their odd arguments. */

const textMax: SqlType = { name: 'nvarchar', length: 'max' };
const sysname: SqlType = { name: 'nvarchar', length: 128 };
const int: SqlType = { name: 'int' };
const bit: SqlType = { name: 'bit' };
const tinyint: SqlType = { name: 'tinyint' };

const describe: SystemProcedure = {
  parameters: [
    { name: '@tsql', type: textMax },
    { name: '@params', type: textMax, default: null },
    { name: '@browse_information_mode', type: tinyint, default: 0 },
  ],
  async run(engine, { values, sink }) {
    const statement = parseBatch(String(values.get('@tsql') ?? '')).statements.find(
      (each) => each.kind === 'select statement',
    );
    const frame = new Frame();
    for (const each of parseDefinitions(String(values.get('@params') ?? ''))) frame.declare(each.name, each.type);
    let described: readonly Column[] = [];
    if (statement?.kind === 'select statement') {
      await engine.dialect.prepare?.(engine, statement);
      described = await engine.within(frame, async () => bindQuery(statement.query, engine.context()).columns);
    }
    const columns: Column[] = [
      { name: 'is_hidden', type: bit, nullable: false },
      { name: 'column_ordinal', type: int, nullable: false },
      { name: 'name', type: sysname, nullable: true },
      { name: 'is_nullable', type: bit, nullable: false },
      { name: 'system_type_id', type: int, nullable: false },
      { name: 'system_type_name', type: sysname, nullable: true },
      { name: 'max_length', type: { name: 'smallint' }, nullable: false },
      { name: 'precision', type: tinyint, nullable: false },
      { name: 'scale', type: tinyint, nullable: false },
    ];
    await sink.columns(columns);
    const rows = described.map((each, index) => {
      const info = typeInfo(each.type);
      return [
        false,
        index + 1,
        each.name || null,
        each.nullable,
        info.id,
        writeType(each.type),
        info.bytes,
        info.precision,
        info.scale,
      ];
    });
    await sink.rows({ rows: rows.length, values: columns.map((_, column) => rows.map((row) => row[column] ?? null)) });
    await sink.done(rows.length, 'select');
    return 0;
  },
};

export const SYSTEM_PROCEDURES: ReadonlyMap<string, SystemProcedure> = new Map([
  ['sp_describe_first_result_set', describe],
  ['sp_describe_parameter_encryption', describeParameterEncryption],
  ['sp_describe_undeclared_parameters', describeUndeclaredParameters],
  ...APP_LOCK_PROCEDURES,
  ...EXTENDED_PROPERTY_PROCEDURES,
  ['sp_rename', rename],
]);
