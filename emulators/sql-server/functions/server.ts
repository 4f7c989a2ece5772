import { isText, typeInfo } from '../type-info.ts';
import { type Functions, int, lookup, sysname } from './lookup.ts';

const COLLATION = 'SQL_Latin1_General_CP1_CI_AS';

/** Of the server, its databases and the connection. */
export const serverFunctions: Functions = {
  DB_NAME: {
    least: 1,
    most: 1,
    build: (engine, [id = '']) => ({
      sql: lookup(
        [
          ['1', 'master'],
          ['2', 'tempdb'],
          ['5', engine.database.name],
        ],
        `CAST(${id} AS VARCHAR)`,
        'VARCHAR',
      ),
      type: sysname,
    }),
  },
  DB_ID: {
    least: 1,
    most: 1,
    build: (engine, [name = '']) => ({
      sql: lookup(
        [
          ['master', 1],
          ['tempdb', 2],
          [engine.database.name.toLowerCase(), 5],
        ],
        `lower(${name})`,
        'INTEGER',
      ),
      type: int,
    }),
  },
  HAS_DBACCESS: {
    least: 1,
    most: 1,
    build: (engine, [name = '']) => ({
      sql: lookup(
        [
          ['master', 1],
          ['tempdb', 1],
          [engine.database.name.toLowerCase(), 1],
        ],
        `lower(${name})`,
        'INTEGER',
      ),
      type: int,
    }),
  },
  SERVERPROPERTY: {
    least: 1,
    most: 1,
    build: (engine, [name = '']) => ({
      sql: lookup(
        Object.entries({
          productversion: '12.0.2000.8',
          productlevel: 'RTM',
          edition: 'SQL Azure',
          engineedition: String(engine.dialect.engineEdition),
          servername: 'localhost',
          machinename: 'localhost',
          instancename: null,
          collation: COLLATION,
          isclustered: '0',
          issingleuser: '0',
          isintegratedsecurityonly: '0',
          ishadrenabled: '0',
          isxtpsupported: '0',
          isfulltextinstalled: '0',
          productmajorversion: '12',
          productminorversion: '0',
          lcid: '1033',
        }).flatMap(([key, value]): [string, string][] => (value === null ? [] : [[key, value]])),
        `lower(${name})`,
        'VARCHAR',
      ),
      type: sysname,
    }),
  },
  DATABASEPROPERTYEX: {
    least: 2,
    most: 2,
    build: (engine, [name = '', property = '']) => ({
      sql: lookup(
        Object.entries({
          collation: COLLATION,
          edition: 'GeneralPurpose',
          serviceobjective: 'GP_S_Gen5_2',
          status: 'ONLINE',
          updateability: 'READ_WRITE',
          useraccess: 'MULTI_USER',
          recovery: 'FULL',
          version: '957',
        }).map(([key, value]) => [`${engine.database.name}/${key}`.toLowerCase(), value]),
        `lower(concat(${name}, '/', ${property}))`,
        'VARCHAR',
      ),
      type: sysname,
    }),
  },
  CONNECTIONPROPERTY: {
    least: 1,
    most: 1,
    build: (_, [name = '']) => ({
      sql: lookup(
        [
          ['net_transport', 'TCP'],
          ['protocol_type', 'TSQL'],
          ['auth_scheme', 'SQL'],
          ['local_net_address', '127.0.0.1'],
          ['client_net_address', '127.0.0.1'],
          ['physical_net_transport', 'TCP'],
        ],
        `lower(${name})`,
        'VARCHAR',
      ),
      type: sysname,
    }),
  },
  SQL_VARIANT_PROPERTY: {
    least: 2,
    most: 2,
    build: (_, [value = '', name = ''], [type = sysname]) => {
      const info = typeInfo(type);
      const known = lookup(
        [
          ['basetype', type.name],
          ['precision', String(info.precision)],
          ['scale', String(info.scale)],
          ['maxlength', String(info.bytes)],
          ...(isText(type) ? [['collation', COLLATION] as const] : []),
        ],
        `lower(${name})`,
        'VARCHAR',
      );
      return { sql: `CASE WHEN (${value}) IS NULL THEN NULL ELSE ${known} END`, type: sysname };
    },
  },
  SESSIONPROPERTY: {
    least: 1,
    most: 1,
    build: (_, [name = '']) => ({
      sql: lookup(
        [
          ['ansi_nulls', 1],
          ['ansi_padding', 1],
          ['ansi_warnings', 1],
          ['arithabort', 1],
          ['concat_null_yields_null', 1],
          ['quoted_identifier', 1],
          ['numeric_roundabort', 0],
        ],
        `lower(${name})`,
        'INTEGER',
      ),
      type: int,
    }),
  },
};
