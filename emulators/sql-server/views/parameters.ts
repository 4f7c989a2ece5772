import { type CreateProcedure, parseBatch, resolveType } from '../../tsql/index.ts';
import type { SqlType } from '../../tsql/sql-type.ts';
import type { ModuleDefinition } from '../catalog.ts';
import type { Engine } from '../engine.ts';
import { type SystemView, sysname, view } from '../system-view.ts';
import { isBinary, isText, typeInfo } from '../type-info.ts';

/** Parameters of procedures, read from their text. */

const int: SqlType = { name: 'int' };
const bit: SqlType = { name: 'bit' };
const tinyint: SqlType = { name: 'tinyint' };
const smallint: SqlType = { name: 'smallint' };

const PARSED = new WeakMap<ModuleDefinition, CreateProcedure['parameters']>();

function parametersOf(module: ModuleDefinition): CreateProcedure['parameters'] {
  const known = PARSED.get(module);
  if (known) return known;
  const statement = parseBatch(module.text).statements[0];
  const found = statement?.kind === 'create procedure' ? statement.parameters : [];
  PARSED.set(module, found);
  return found;
}

function all(engine: Engine) {
  return [...engine.catalog.objects()].flatMap((module) =>
    module.kind !== 'procedure'
      ? []
      : parametersOf(module).map((each, index) => ({
          module,
          name: each.name,
          ordinal: index + 1,
          type: resolveType(each.type),
          output: each.output,
          optional: each.default !== undefined,
        })),
  );
}

export function views(): [string, SystemView][] {
  return [
    [
      'sys.parameters',
      view(
        {
          object_id: int,
          name: sysname,
          parameter_id: int,
          system_type_id: tinyint,
          user_type_id: int,
          max_length: smallint,
          precision: tinyint,
          scale: tinyint,
          is_output: bit,
          is_cursor_ref: bit,
          has_default_value: bit,
          is_xml_document: bit,
          is_readonly: bit,
          is_nullable: bit,
        },
        (engine) =>
          all(engine).map(({ module, name, ordinal, type, output }) => {
            const info = typeInfo(type);
            return {
              object_id: module.id,
              name,
              parameter_id: ordinal,
              system_type_id: info.id,
              user_type_id: info.id,
              max_length: info.bytes,
              precision: info.precision,
              scale: info.scale,
              is_output: output,
              is_cursor_ref: false,
              // Only of CLR parameters does the server keep the default.
              has_default_value: false,
              is_xml_document: false,
              is_readonly: false,
              is_nullable: true,
            };
          }),
      ),
    ],
    [
      'information_schema.parameters',
      view(
        {
          SPECIFIC_CATALOG: sysname,
          SPECIFIC_SCHEMA: sysname,
          SPECIFIC_NAME: sysname,
          ORDINAL_POSITION: int,
          PARAMETER_MODE: { name: 'nvarchar', length: 10 },
          IS_RESULT: { name: 'nvarchar', length: 10 },
          AS_LOCATOR: { name: 'nvarchar', length: 10 },
          PARAMETER_NAME: sysname,
          DATA_TYPE: sysname,
          CHARACTER_MAXIMUM_LENGTH: int,
          CHARACTER_OCTET_LENGTH: int,
          NUMERIC_PRECISION: tinyint,
          NUMERIC_SCALE: int,
          DATETIME_PRECISION: smallint,
        },
        (engine) =>
          all(engine).map(({ module, name, ordinal, type, output }) => {
            const info = typeInfo(type);
            const sized = isText(type) || isBinary(type);
            const temporal = /date|time/.test(type.name);
            const numeric = info.precision > 0 && !temporal && type.name !== 'bit';
            return {
              SPECIFIC_CATALOG: engine.database.name,
              SPECIFIC_SCHEMA: module.schema,
              SPECIFIC_NAME: module.name,
              ORDINAL_POSITION: ordinal,
              PARAMETER_MODE: output ? 'INOUT' : 'IN',
              IS_RESULT: 'NO',
              AS_LOCATOR: 'NO',
              PARAMETER_NAME: name,
              DATA_TYPE: type.name,
              CHARACTER_MAXIMUM_LENGTH: sized ? (type.length === 'max' ? -1 : (type.length ?? 1)) : null,
              CHARACTER_OCTET_LENGTH: sized ? info.bytes : null,
              NUMERIC_PRECISION: numeric ? info.precision : null,
              NUMERIC_SCALE: numeric ? info.scale : null,
              DATETIME_PRECISION: temporal ? info.scale : null,
            };
          }),
      ),
    ],
  ];
}
