import type { SqlType } from '../../tsql/sql-type.ts';
import { type SystemView, sysname, view } from '../system-view.ts';

/**
 * Catalog views of what no database here can have, because its CREATE statement is refused. Tools that compare or clean a schema read
 * them all the same, and find no row.
 */

const int: SqlType = { name: 'int' };
const bit: SqlType = { name: 'bit' };
const bigint: SqlType = { name: 'bigint' };
const tinyint: SqlType = { name: 'tinyint' };
const datetime: SqlType = { name: 'datetime' };
const text60: SqlType = { name: 'nvarchar', length: 60 };
const textMax: SqlType = { name: 'nvarchar', length: 'max' };
const char2: SqlType = { name: 'char', length: 2 };

const named = { name: sysname, principal_id: int, create_date: datetime, modify_date: datetime };
const object = {
  ...named,
  object_id: int,
  schema_id: int,
  parent_object_id: int,
  type: char2,
  type_desc: text60,
  is_ms_shipped: bit,
  is_published: bit,
  is_schema_published: bit,
};

const COLUMNS: Readonly<Record<string, Readonly<Record<string, SqlType>>>> = {
  'sys.assemblies': {
    ...named,
    assembly_id: int,
    clr_name: { name: 'nvarchar', length: 4000 },
    permission_set: tinyint,
    permission_set_desc: text60,
    is_visible: bit,
    is_user_defined: bit,
  },
  'sys.column_encryption_keys': { ...named, column_encryption_key_id: int },
  'sys.column_master_keys': { ...named, column_master_key_id: int, key_store_provider_name: sysname },
  'sys.event_notifications': { ...named, object_id: int, parent_class: tinyint, parent_id: int },
  'sys.fulltext_catalogs': { ...named, fulltext_catalog_id: int, is_default: bit },
  'sys.fulltext_indexes': { object_id: int, unique_index_id: int, fulltext_catalog_id: int, is_enabled: bit },
  'sys.fulltext_stoplists': { ...named, stoplist_id: int },
  'sys.masked_columns': { object_id: int, name: sysname, column_id: int, is_masked: bit, masking_function: textMax },
  'sys.partition_functions': { ...named, function_id: int, type: char2, fanout: int, boundary_value_on_right: bit },
  'sys.partition_schemes': { name: sysname, data_space_id: int, type: char2, function_id: int, is_default: bit },
  'sys.periods': { name: sysname, period_type: tinyint, object_id: int, start_column_id: int, end_column_id: int },
  'sys.registered_search_property_lists': { ...named, property_list_id: int },
  'sys.security_policies': { ...object, is_enabled: bit },
  'sys.sequences': {
    ...object,
    start_value: bigint,
    increment: bigint,
    minimum_value: bigint,
    maximum_value: bigint,
    is_cycling: bit,
    is_cached: bit,
    cache_size: int,
    system_type_id: tinyint,
    user_type_id: int,
    precision: tinyint,
    scale: tinyint,
    current_value: bigint,
    is_exhausted: bit,
  },
  'sys.service_queues': { ...object, max_readers: { name: 'smallint' }, is_activation_enabled: bit },
  'sys.services': { name: sysname, service_id: int, principal_id: int, service_queue_id: int },
  'sys.symmetric_keys': { ...named, symmetric_key_id: int, key_length: int, algorithm_desc: text60 },
  'sys.synonyms': { ...object, base_object_name: { name: 'nvarchar', length: 1035 } },
  'sys.table_types': {
    name: sysname,
    system_type_id: tinyint,
    user_type_id: int,
    schema_id: int,
    type_table_object_id: int,
  },
  'sys.triggers': {
    ...object,
    parent_class: tinyint,
    parent_class_desc: text60,
    parent_id: int,
    is_disabled: bit,
    is_not_for_replication: bit,
    is_instead_of_trigger: bit,
  },
  'sys.xml_schema_collections': { ...named, xml_collection_id: int, schema_id: int },
  'information_schema.sequences': {
    SEQUENCE_CATALOG: sysname,
    SEQUENCE_SCHEMA: sysname,
    SEQUENCE_NAME: sysname,
    DATA_TYPE: sysname,
    NUMERIC_PRECISION: tinyint,
    NUMERIC_PRECISION_RADIX: { name: 'smallint' },
    NUMERIC_SCALE: int,
    START_VALUE: bigint,
    MINIMUM_VALUE: bigint,
    MAXIMUM_VALUE: bigint,
    INCREMENT: bigint,
    CYCLE_OPTION: bit,
  },
  'information_schema.domains': {
    DOMAIN_CATALOG: sysname,
    DOMAIN_SCHEMA: sysname,
    DOMAIN_NAME: sysname,
    DATA_TYPE: sysname,
  },
};

export const views = (): [string, SystemView][] =>
  Object.entries(COLUMNS).map(([name, columns]) => [name, view(columns, () => [])]);
