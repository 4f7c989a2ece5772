import { TYPE_NAMES, typeInfo } from '../type-info.ts';
import { bigint, type Functions, int, lookup, sysname } from './lookup.ts';

/** Of columns and their types. */
export const columnFunctions: Functions = {
  COL_NAME: {
    least: 2,
    most: 2,
    build: (engine, [id = '', column = '']) => ({
      sql: lookup(
        engine.catalog
          .relations()
          .flatMap((table) => table.columns.map((each): [string, string] => [`${table.id}/${each.id}`, each.name])),
        `concat(${id}, '/', ${column})`,
        'VARCHAR',
      ),
      type: sysname,
    }),
  },
  COL_LENGTH: {
    least: 2,
    most: 2,
    build: (engine, [table = '', column = '']) => ({
      sql: lookup(
        engine.catalog.relations().flatMap((each) =>
          each.columns.flatMap((col): [string, number][] => {
            const names = [`${each.schema}.${each.name}`, ...(each.schema.toLowerCase() === 'dbo' ? [each.name] : [])];
            return names.map((name) => [`${name}/${col.name}`.toLowerCase(), typeInfo(col.type).bytes]);
          }),
        ),
        `regexp_replace(lower(concat(${table}, '/', ${column})), '[\\[\\]"]', '', 'g')`,
        'SMALLINT',
      ),
      type: { name: 'smallint' },
    }),
  },
  COLUMNPROPERTY: {
    least: 3,
    most: 3,
    build: (engine, [id = '', column = '', property = '']) => ({
      sql: lookup(
        engine.catalog.relations().flatMap((table) =>
          table.columns.flatMap((each): [string, number][] => {
            const properties = {
              AllowsNull: each.nullable ? 1 : 0,
              IsIdentity: each.identity ? 1 : 0,
              IsComputed: 0,
              IsHidden: 0,
              IsRowGuidCol: 0,
              ColumnId: each.id,
              Precision: typeInfo(each.type).precision,
              Scale: typeInfo(each.type).scale,
            };
            return Object.entries(properties).map(([name, value]) => [
              `${table.id}/${each.name}/${name}`.toLowerCase(),
              value,
            ]);
          }),
        ),
        `lower(concat(${id}, '/', ${column}, '/', ${property}))`,
        'INTEGER',
      ),
      type: int,
    }),
  },
  IDENT_CURRENT: {
    least: 1,
    most: 1,
    build: (engine, [name = '']) => ({
      sql: lookup(
        engine.catalog.tables().flatMap((table): [string, string][] => {
          const identity = table.columns.find((each) => each.identity)?.identity;
          if (!identity) return [];
          const value = String(engine.database.identities.get(table.id) ?? identity.seed);
          const names = [
            `${table.schema}.${table.name}`,
            ...(table.schema.toLowerCase() === 'dbo' ? [table.name] : []),
          ];
          return names.map((each) => [each.toLowerCase(), value]);
        }),
        `regexp_replace(lower(${name}), '[\\[\\]"]', '', 'g')`,
        'BIGINT',
      ),
      type: bigint,
    }),
  },
  TYPE_NAME: {
    least: 1,
    most: 1,
    build: (_, [id = '']) => ({
      sql: lookup(
        TYPE_NAMES.map((name) => [String(typeInfo({ name }).id), name]),
        `CAST(${id} AS VARCHAR)`,
        'VARCHAR',
      ),
      type: sysname,
    }),
  },
  TYPE_ID: {
    least: 1,
    most: 1,
    build: (_, [name = '']) => ({
      sql: lookup(
        TYPE_NAMES.map((each) => [each, typeInfo({ name: each }).id]),
        `lower(${name})`,
        'INTEGER',
      ),
      type: int,
    }),
  },
};
