import type { Column, SqlType } from '../../tsql/sql-type.ts';
import type { SystemProcedure } from '../dialect.ts';
import { parseDefinitions } from './sp-executesql.ts';

/**
 * sp_describe_parameter_encryption, by which clients of Always Encrypted ask which parameters to encrypt. No column is ever encrypted
 * here, so there are no keys, and every parameter goes in plain text.
 */

const int: SqlType = { name: 'int' };
const tinyint: SqlType = { name: 'tinyint' };
const sysname: SqlType = { name: 'nvarchar', length: 128 };
const binary: SqlType = { name: 'varbinary', length: 8000 };
const nullable = (columns: readonly (readonly [string, SqlType])[]): Column[] =>
  columns.map(([name, type]) => ({ name, type, nullable: true }));

const KEYS = nullable([
  ['column_encryption_key_ordinal', int],
  ['database_id', int],
  ['column_encryption_key_id', int],
  ['column_encryption_key_version', int],
  ['column_encryption_key_metadata_version', { name: 'binary', length: 8 }],
  ['column_encryption_key_encrypted_value', binary],
  ['column_master_key_store_provider_name', sysname],
  ['column_master_key_path', { name: 'nvarchar', length: 4000 }],
  ['column_encryption_key_encryption_algorithm_name', sysname],
]);
const PARAMETERS = nullable([
  ['parameter_ordinal', int],
  ['parameter_name', sysname],
  ['column_encryption_algorithm', tinyint],
  ['column_encryption_type', tinyint],
  ['column_encryption_key_ordinal', int],
  ['column_encryption_normalization_rule_version', tinyint],
]);

export const describeParameterEncryption: SystemProcedure = {
  parameters: [
    { name: '@tsql', type: { name: 'nvarchar', length: 'max' } },
    { name: '@params', type: { name: 'nvarchar', length: 'max' }, default: null },
  ],
  async run(_, { values, sink }) {
    const names = parseDefinitions(String(values.get('@params') ?? '')).map((each) => each.name);
    await sink.columns(KEYS);
    await sink.done(0, 'select');
    await sink.columns(PARAMETERS);
    const zeros = names.map(() => 0);
    const ordinals = names.map((_name, position) => position + 1);
    await sink.rows({ rows: names.length, values: [ordinals, names, zeros, zeros, zeros, zeros] });
    await sink.done(names.length, 'select');
    return 0;
  },
};
