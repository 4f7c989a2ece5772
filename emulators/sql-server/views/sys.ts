import type { SqlType } from '../../tsql/sql-type.ts';
import { storageName } from '../bind-catalog.ts';
import type { DatabaseObject, Relation, TableDefinition } from '../catalog.ts';
import type { Engine } from '../engine.ts';
import { properties } from '../extended-properties.ts';
import { type Cell, type SystemView, sysname, view } from '../system-view.ts';
import { isText, TYPE_NAMES, typeInfo } from '../type-info.ts';

/** Catalog views of schema sys: the columns that clients read, with SQL Server's names and values. */

const int: SqlType = { name: 'int' };
const bit: SqlType = { name: 'bit' };
const tinyint: SqlType = { name: 'tinyint' };
const smallint: SqlType = { name: 'smallint' };
const bigint: SqlType = { name: 'bigint' };
const datetime: SqlType = { name: 'datetime' };
const char2: SqlType = { name: 'char', length: 2 };
const text60: SqlType = { name: 'nvarchar', length: 60 };
const textMax: SqlType = { name: 'nvarchar', length: 'max' };
const sid: SqlType = { name: 'varbinary', length: 85 };

export const COLLATION = 'SQL_Latin1_General_CP1_CI_AS';

type Row = Record<string, Cell>;

const OBJECT_COLUMNS = {
  name: sysname,
  object_id: int,
  principal_id: int,
  schema_id: int,
  parent_object_id: int,
  type: char2,
  type_desc: text60,
  create_date: datetime,
  modify_date: datetime,
  is_ms_shipped: bit,
  is_published: bit,
  is_schema_published: bit,
};

const KIND: Readonly<Record<DatabaseObject['kind'], readonly [string, string]>> = {
  table: ['U ', 'USER_TABLE'],
  view: ['V ', 'VIEW'],
  procedure: ['P ', 'SQL_STORED_PROCEDURE'],
  function: ['FN', 'SQL_SCALAR_FUNCTION'],
};

function objectRow(engine: Engine, object: DatabaseObject): Row {
  const [type, description] = KIND[object.kind];
  return {
    ...base(engine, object),
    name: object.name,
    object_id: object.id,
    parent_object_id: 0,
    type,
    type_desc: description,
    is_ms_shipped: object.kind === 'table' && object.system === true,
  };
}

const base = (engine: Engine, object: DatabaseObject): Row => ({
  schema_id: engine.catalog.schema(object.schema)?.id ?? 1,
  create_date: object.created,
  modify_date: object.modified,
  is_ms_shipped: false,
  is_published: false,
  is_schema_published: false,
});

/** Constraints are objects too. */
function constraintRows(engine: Engine, table: TableDefinition): Row[] {
  const row = (name: string, id: number, type: string, description: string): Row => ({
    ...base(engine, table),
    name,
    object_id: id,
    parent_object_id: table.id,
    type,
    type_desc: description,
  });
  return [
    ...table.keys
      .filter((each) => each.kind !== 'index')
      .map((each) =>
        each.kind === 'primary'
          ? row(each.name, each.id, 'PK', 'PRIMARY_KEY_CONSTRAINT')
          : row(each.name, each.id, 'UQ', 'UNIQUE_CONSTRAINT'),
      ),
    ...table.checks.map((each) => row(each.name, each.id, 'C ', 'CHECK_CONSTRAINT')),
    ...table.foreignKeys.map((each) => row(each.name, each.id, 'F ', 'FOREIGN_KEY_CONSTRAINT')),
    ...table.columns.flatMap((each) =>
      each.default ? [row(each.default.name, each.default.id, 'D ', 'DEFAULT_CONSTRAINT')] : [],
    ),
  ];
}

const objects = (engine: Engine): Row[] =>
  [...engine.catalog.objects()].flatMap((each) => [
    objectRow(engine, each),
    ...(each.kind === 'table' ? constraintRows(engine, each) : []),
  ]);

/** Index 0 is the heap of a table without a clustered index. */
function indexRows(table: TableDefinition): Row[] {
  const rows: Row[] = table.keys.map((each) => ({
    object_id: table.id,
    name: each.name,
    index_id: each.indexId,
    type: each.clustered ? 1 : 2,
    type_desc: each.clustered ? 'CLUSTERED' : 'NONCLUSTERED',
    is_unique: each.unique,
    data_space_id: 1,
    ignore_dup_key: false,
    is_primary_key: each.kind === 'primary',
    is_unique_constraint: each.kind === 'unique',
    fill_factor: 0,
    is_padded: false,
    is_disabled: false,
    is_hypothetical: false,
    has_filter: each.filter !== undefined,
    filter_definition: each.filter ?? null,
  }));
  if (!table.keys.some((each) => each.clustered)) {
    rows.unshift({ object_id: table.id, index_id: 0, type: 0, type_desc: 'HEAP', is_unique: false, data_space_id: 1 });
  }
  return rows;
}

const tableFilter = (engine: Engine): TableDefinition[] => engine.catalog.tables();

const COLUMN_COLUMNS = {
  object_id: int,
  name: sysname,
  column_id: int,
  system_type_id: tinyint,
  user_type_id: int,
  max_length: smallint,
  precision: tinyint,
  scale: tinyint,
  collation_name: sysname,
  is_nullable: bit,
  is_ansi_padded: bit,
  is_rowguidcol: bit,
  is_identity: bit,
  is_computed: bit,
  is_filestream: bit,
  is_replicated: bit,
  default_object_id: int,
  is_sparse: bit,
  is_hidden: bit,
  generated_always_type: tinyint,
  generated_always_type_desc: text60,
};

function columnRows(table: Relation): Row[] {
  return table.columns.map((each) => {
    const info = typeInfo(each.type);
    return {
      object_id: table.id,
      name: each.name,
      column_id: each.id,
      system_type_id: info.id,
      user_type_id: info.id,
      max_length: info.bytes,
      precision: info.precision,
      scale: info.scale,
      collation_name: isText(each.type) ? (each.collation ?? COLLATION) : null,
      is_nullable: each.nullable,
      is_ansi_padded: true,
      is_rowguidcol: false,
      is_identity: each.identity !== undefined,
      is_computed: false,
      is_filestream: false,
      is_replicated: false,
      default_object_id: each.default?.id ?? 0,
      is_sparse: false,
      is_hidden: false,
      generated_always_type: 0,
      generated_always_type_desc: 'NOT_APPLICABLE',
    };
  });
}

const DATABASE_ROW = (engine: Engine): Row => ({
  name: engine.database.name,
  database_id: 5,
  create_date: BigInt(engine.database.created.getTime()) * 1000n,
  compatibility_level: 160,
  collation_name: COLLATION,
  user_access: 0,
  user_access_desc: 'MULTI_USER',
  is_read_only: false,
  state: 0,
  state_desc: 'ONLINE',
  snapshot_isolation_state: 1,
  snapshot_isolation_state_desc: 'ON',
  is_read_committed_snapshot_on: true,
  recovery_model: 1,
  recovery_model_desc: 'FULL',
  is_cdc_enabled: engine.catalog.settings.get('cdc') === 'on',
  is_encrypted: false,
  containment: 0,
});

const PROPERTY_CLASSES: Readonly<Record<number, string>> = {
  0: 'DATABASE',
  1: 'OBJECT_OR_COLUMN',
  3: 'SCHEMA',
  7: 'INDEX',
};

const PRINCIPALS: readonly Row[] = [
  ['public', 0, 'R', 'DATABASE_ROLE', true],
  ['dbo', 1, 'S', 'SQL_USER', false],
  ['guest', 2, 'S', 'SQL_USER', false],
  ['INFORMATION_SCHEMA', 3, 'S', 'SQL_USER', false],
  ['sys', 4, 'S', 'SQL_USER', false],
  ['db_owner', 16384, 'R', 'DATABASE_ROLE', true],
  ['db_datareader', 16390, 'R', 'DATABASE_ROLE', true],
  ['db_datawriter', 16391, 'R', 'DATABASE_ROLE', true],
].map(([name, id, type, description, fixed]) => ({
  name: name as string,
  principal_id: id as number,
  type: type as string,
  type_desc: description as string,
  default_schema_name: type === 'S' ? 'dbo' : null,
  owning_principal_id: type === 'R' ? 1 : null,
  is_fixed_role: fixed === true && id !== 0,
  authentication_type: type === 'S' ? 1 : 0,
  authentication_type_desc: type === 'S' ? 'INSTANCE' : 'NONE',
}));

/** Principals that CREATE USER and CREATE ROLE added are kept as settings `principal:<name>` = type. */
function principals(engine: Engine): Row[] {
  const added: Row[] = [];
  let id = 5;
  for (const [name, value] of engine.catalog.settings) {
    if (!name.startsWith('principal:')) continue;
    added.push({
      name: name.slice('principal:'.length),
      principal_id: id,
      type: value,
      type_desc: value === 'R' ? 'DATABASE_ROLE' : value === 'E' ? 'EXTERNAL_USER' : 'SQL_USER',
      default_schema_name: value === 'R' ? null : 'dbo',
      is_fixed_role: false,
      authentication_type: value === 'E' ? 4 : value === 'R' ? 0 : 1,
      authentication_type_desc: value === 'E' ? 'EXTERNAL' : value === 'R' ? 'NONE' : 'INSTANCE',
    });
    id += 1;
  }
  return [...PRINCIPALS, ...added];
}

const modules = (engine: Engine, kind?: DatabaseObject['kind']) =>
  [...engine.catalog.objects()].filter((each) => each.kind !== 'table' && (kind === undefined || each.kind === kind));

export function views(): [string, SystemView][] {
  const entries: Record<string, SystemView> = {
    objects: view(OBJECT_COLUMNS, objects),
    all_objects: view(OBJECT_COLUMNS, objects),
    tables: view(
      {
        ...OBJECT_COLUMNS,
        is_tracked_by_cdc: bit,
        temporal_type: tinyint,
        temporal_type_desc: text60,
        is_memory_optimized: bit,
        is_external: bit,
        is_filetable: bit,
        is_node: bit,
        is_edge: bit,
        lob_data_space_id: int,
        max_column_id_used: int,
      },
      (engine) =>
        tableFilter(engine).map((each) => ({
          ...objectRow(engine, each),
          is_tracked_by_cdc: engine.dialect.captured?.(engine, each) ?? false,
          temporal_type: 0,
          temporal_type_desc: 'NON_TEMPORAL_TABLE',
          is_memory_optimized: false,
          is_external: false,
          is_filetable: false,
          is_node: false,
          is_edge: false,
          lob_data_space_id: 0,
          max_column_id_used: Math.max(...each.columns.map((column) => column.id)),
        })),
    ),
    views: view(OBJECT_COLUMNS, (engine) => modules(engine, 'view').map((each) => objectRow(engine, each))),
    procedures: view(OBJECT_COLUMNS, (engine) => modules(engine, 'procedure').map((each) => objectRow(engine, each))),
    sql_modules: view(
      { object_id: int, definition: textMax, uses_ansi_nulls: bit, uses_quoted_identifier: bit },
      (engine) =>
        modules(engine).map((each) => ({
          object_id: each.id,
          definition: each.kind === 'table' ? null : each.text,
          uses_ansi_nulls: true,
          uses_quoted_identifier: true,
        })),
    ),
    schemas: view({ name: sysname, schema_id: int, principal_id: int }, (engine) =>
      engine.catalog.schemas.map((each) => ({ name: each.name, schema_id: each.id, principal_id: 1 })),
    ),
    types: view(
      {
        name: sysname,
        system_type_id: tinyint,
        user_type_id: int,
        schema_id: int,
        max_length: smallint,
        precision: tinyint,
        scale: tinyint,
        collation_name: sysname,
        is_nullable: bit,
        is_user_defined: bit,
        is_table_type: bit,
      },
      () =>
        [
          ...TYPE_NAMES.map((name) => ({ name: name as string, id: typeInfo({ name }).id, info: typeInfo({ name }) })),
          { name: 'numeric', id: 108, info: { ...typeInfo({ name: 'decimal', precision: 38 }), id: 108 } },
          { name: 'sysname', id: 256, info: typeInfo({ name: 'nvarchar', length: 128 }) },
        ].map(({ name, id, info }) => ({
          name,
          system_type_id: info.id,
          user_type_id: id,
          schema_id: 4,
          max_length: info.bytes,
          precision: info.precision,
          scale: info.scale,
          is_nullable: true,
          is_user_defined: false,
          is_table_type: false,
        })),
    ),
    columns: view(COLUMN_COLUMNS, (engine) => engine.catalog.relations().flatMap(columnRows)),
    all_columns: view(COLUMN_COLUMNS, (engine) => engine.catalog.relations().flatMap(columnRows)),
    computed_columns: view(
      { ...COLUMN_COLUMNS, definition: textMax, uses_database_collation: bit, is_persisted: bit },
      () => [],
    ),
    identity_columns: view(
      {
        ...COLUMN_COLUMNS,
        seed_value: bigint,
        increment_value: bigint,
        last_value: bigint,
        is_not_for_replication: bit,
      },
      (engine) =>
        tableFilter(engine).flatMap((table) =>
          columnRows(table).flatMap((row, index) => {
            const identity = table.columns[index]?.identity;
            if (!identity) return [];
            return [
              {
                ...row,
                seed_value: BigInt(identity.seed),
                increment_value: BigInt(identity.increment),
                last_value: engine.database.identities.get(table.id) ?? null,
                is_not_for_replication: false,
              },
            ];
          }),
        ),
    ),
    indexes: view(
      {
        object_id: int,
        name: sysname,
        index_id: int,
        type: tinyint,
        type_desc: text60,
        is_unique: bit,
        data_space_id: int,
        ignore_dup_key: bit,
        is_primary_key: bit,
        is_unique_constraint: bit,
        fill_factor: tinyint,
        is_padded: bit,
        is_disabled: bit,
        is_hypothetical: bit,
        has_filter: bit,
        filter_definition: textMax,
      },
      (engine) => tableFilter(engine).flatMap(indexRows),
    ),
    index_columns: view(
      {
        object_id: int,
        index_id: int,
        index_column_id: int,
        column_id: int,
        key_ordinal: tinyint,
        partition_ordinal: tinyint,
        is_descending_key: bit,
        is_included_column: bit,
      },
      (engine) =>
        tableFilter(engine).flatMap((table) => {
          const id = (name: string) =>
            table.columns.find((each) => each.name.toLowerCase() === name.toLowerCase())?.id ?? 0;
          return table.keys.flatMap((key) => [
            ...key.columns.map((each, position) => ({
              object_id: table.id,
              index_id: key.indexId,
              index_column_id: position + 1,
              column_id: id(each.name),
              key_ordinal: position + 1,
              partition_ordinal: 0,
              is_descending_key: each.descending,
              is_included_column: false,
            })),
            ...key.included.map((each, position) => ({
              object_id: table.id,
              index_id: key.indexId,
              index_column_id: key.columns.length + position + 1,
              column_id: id(each),
              key_ordinal: 0,
              partition_ordinal: 0,
              is_descending_key: false,
              is_included_column: true,
            })),
          ]);
        }),
    ),
    key_constraints: view(
      { ...OBJECT_COLUMNS, unique_index_id: int, is_system_named: bit, is_enforced: bit },
      (engine) =>
        tableFilter(engine).flatMap((table) =>
          constraintRows(engine, table)
            .filter((each) => each['type'] === 'PK' || each['type'] === 'UQ')
            .map((each) => ({
              ...each,
              unique_index_id: table.keys.find((key) => key.id === each['object_id'])?.indexId ?? null,
              is_system_named: false,
              is_enforced: true,
            })),
        ),
    ),
    default_constraints: view(
      { ...OBJECT_COLUMNS, parent_column_id: int, definition: textMax, is_system_named: bit },
      (engine) =>
        tableFilter(engine).flatMap((table) =>
          constraintRows(engine, table)
            .filter((each) => each['type'] === 'D ')
            .map((each) => {
              const owner = table.columns.find((column) => column.default?.id === each['object_id']);
              return {
                ...each,
                parent_column_id: owner?.id ?? null,
                definition: `(${owner?.default?.text ?? ''})`,
                is_system_named: /^DF__/.test(owner?.default?.name ?? ''),
              };
            }),
        ),
    ),
    check_constraints: view(
      { ...OBJECT_COLUMNS, parent_column_id: int, definition: textMax, is_disabled: bit, is_not_trusted: bit },
      (engine) =>
        tableFilter(engine).flatMap((table) =>
          constraintRows(engine, table)
            .filter((each) => each['type'] === 'C ')
            .map((each) => ({
              ...each,
              parent_column_id: 0,
              definition: `(${table.checks.find((check) => check.id === each['object_id'])?.text ?? ''})`,
              is_disabled: false,
              is_not_trusted: false,
            })),
        ),
    ),
    foreign_keys: view(
      {
        ...OBJECT_COLUMNS,
        referenced_object_id: int,
        key_index_id: int,
        is_disabled: bit,
        is_not_for_replication: bit,
        is_not_trusted: bit,
        delete_referential_action: tinyint,
        delete_referential_action_desc: text60,
        update_referential_action: tinyint,
        update_referential_action_desc: text60,
        is_system_named: bit,
      },
      (engine) =>
        tableFilter(engine).flatMap((table) =>
          table.foreignKeys.map((each) => {
            const target = engine.catalog.table(each.referenced.schema, each.referenced.name);
            const actions = ['NO ACTION', 'CASCADE', 'SET NULL', 'SET DEFAULT'];
            return {
              ...base(engine, table),
              name: each.name,
              object_id: each.id,
              parent_object_id: table.id,
              type: 'F ',
              type_desc: 'FOREIGN_KEY_CONSTRAINT',
              referenced_object_id: target?.id ?? null,
              key_index_id: 1,
              is_disabled: false,
              is_not_for_replication: false,
              is_not_trusted: false,
              delete_referential_action: actions.indexOf(each.onDelete),
              delete_referential_action_desc: each.onDelete.replace(' ', '_'),
              update_referential_action: actions.indexOf(each.onUpdate),
              update_referential_action_desc: each.onUpdate.replace(' ', '_'),
              is_system_named: false,
            };
          }),
        ),
    ),
    foreign_key_columns: view(
      {
        constraint_object_id: int,
        constraint_column_id: int,
        parent_object_id: int,
        parent_column_id: int,
        referenced_object_id: int,
        referenced_column_id: int,
      },
      (engine) =>
        tableFilter(engine).flatMap((table) =>
          table.foreignKeys.flatMap((each) => {
            const target = engine.catalog.table(each.referenced.schema, each.referenced.name);
            const id = (owner: TableDefinition | undefined, name: string | undefined) =>
              owner?.columns.find((column) => column.name.toLowerCase() === name?.toLowerCase())?.id ?? null;
            return each.columns.map((name, position) => ({
              constraint_object_id: each.id,
              constraint_column_id: position + 1,
              parent_object_id: table.id,
              parent_column_id: id(table, name),
              referenced_object_id: target?.id ?? null,
              referenced_column_id: id(target, each.referenced.columns[position]),
            }));
          }),
        ),
    ),
    partitions: view(
      {
        partition_id: bigint,
        object_id: int,
        index_id: int,
        partition_number: int,
        hobt_id: bigint,
        rows: bigint,
        data_compression: tinyint,
        data_compression_desc: text60,
      },
      (engine) =>
        tableFilter(engine).flatMap((table) =>
          indexRows(table).map((each) => ({
            partition_id: BigInt(table.id) * 1000n + BigInt(Number(each['index_id'])),
            object_id: table.id,
            index_id: each['index_id'] ?? 0,
            partition_number: 1,
            hobt_id: BigInt(table.id) * 1000n + BigInt(Number(each['index_id'])),
            rows: { expression: `(SELECT count(*) FROM ${storageName(table)})` },
            data_compression: 0,
            data_compression_desc: 'NONE',
          })),
        ),
    ),
    databases: view(
      {
        name: sysname,
        database_id: int,
        create_date: datetime,
        compatibility_level: tinyint,
        collation_name: sysname,
        user_access: tinyint,
        user_access_desc: text60,
        is_read_only: bit,
        state: tinyint,
        state_desc: text60,
        snapshot_isolation_state: tinyint,
        snapshot_isolation_state_desc: text60,
        is_read_committed_snapshot_on: bit,
        recovery_model: tinyint,
        recovery_model_desc: text60,
        is_cdc_enabled: bit,
        is_encrypted: bit,
        containment: tinyint,
      },
      (engine) => [
        { ...DATABASE_ROW(engine), name: 'master', database_id: 1, is_cdc_enabled: false },
        DATABASE_ROW(engine),
      ],
    ),
    database_principals: view(
      {
        name: sysname,
        principal_id: int,
        type: { name: 'char', length: 1 },
        type_desc: text60,
        default_schema_name: sysname,
        create_date: datetime,
        modify_date: datetime,
        owning_principal_id: int,
        sid,
        is_fixed_role: bit,
        authentication_type: int,
        authentication_type_desc: text60,
      },
      principals,
    ),
    extended_properties: view(
      {
        class: tinyint,
        class_desc: text60,
        major_id: int,
        minor_id: int,
        name: sysname,
        value: textMax,
      },
      (engine) =>
        properties(engine.catalog).map((each) => ({
          class: each.class,
          class_desc: PROPERTY_CLASSES[each.class] ?? null,
          major_id: each.major,
          minor_id: each.minor,
          name: each.name,
          value: each.value,
        })),
    ),
    sysusers: view({ uid: smallint, name: sysname, issqlrole: int }, (engine) =>
      principals(engine).map((each) => ({
        uid: each['principal_id'] ?? null,
        name: each['name'] ?? null,
        issqlrole: each['type'] === 'R' ? 1 : 0,
      })),
    ),
  };
  return Object.entries(entries).map(([name, each]) => [`sys.${name}`, each]);
}
