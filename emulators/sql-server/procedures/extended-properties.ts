import type { SqlType } from '../../tsql/sql-type.ts';
import type { SystemProcedure } from '../dialect.ts';
import { changeProperty, describedBy, type Level } from '../extended-properties.ts';
import type { Invocation } from './invocation.ts';

/** sp_addextendedproperty, sp_updateextendedproperty, sp_dropextendedproperty. Values are kept as text. */

const sysname: SqlType = { name: 'nvarchar', length: 128 };
const type: SqlType = { name: 'varchar', length: 128 };
const value: SqlType = { name: 'nvarchar', length: 3750 };

const LEVELS = [0, 1, 2];

const procedure = (kind: 'add' | 'update' | 'drop'): [string, SystemProcedure] => [
  `sp_${kind}extendedproperty`,
  {
    parameters: [
      { name: '@name', type: sysname },
      ...(kind === 'drop' ? [] : [{ name: '@value', type: value, default: null }]),
      ...LEVELS.flatMap((level) => [
        { name: `@level${level}type`, type, default: null },
        { name: `@level${level}name`, type: sysname, default: null },
      ]),
    ],
    async run(engine, call) {
      await engine.transaction.write(async () => {
        const at = describedBy(engine.catalog, levels(call), `sp_${kind}extendedproperty`);
        const given = call.values.get('@value');
        const change =
          kind === 'drop' ? { kind } : { kind, value: given === null || given === undefined ? null : String(given) };
        engine.transaction.catalog = changeProperty(engine.catalog, at, String(call.values.get('@name') ?? ''), change);
      });
      return 0;
    },
  },
];

function levels({ values }: Invocation): Level[] {
  return LEVELS.flatMap((level): Level[] => {
    const [kind, name] = [values.get(`@level${level}type`), values.get(`@level${level}name`)];
    return kind === null || kind === undefined ? [] : [[String(kind).trim().toUpperCase(), String(name ?? '')]];
  });
}

export const EXTENDED_PROPERTY_PROCEDURES = [procedure('add'), procedure('update'), procedure('drop')];
