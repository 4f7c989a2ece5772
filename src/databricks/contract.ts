import { z } from 'zod';

/**
 * What a model promises: `databricks/<layer>/<table>.yml`, beside the SELECT of the same name. The contract names every column,
 * in order, and says how the SELECT becomes a table.
 */

const identifier = z.string().regex(/^[a-z_][a-z0-9_]*$/, 'expected a lower-case name of letters, digits and _');

/** The Spark SQL types that tables may have: those every Delta reader shares, without table features. */
const dataType = z
  .string()
  .regex(
    /^(BIGINT|INT|SMALLINT|STRING|BOOLEAN|DATE|TIMESTAMP|DOUBLE|DECIMAL\(\d{1,2},\d{1,2}\))$/,
    'expected BIGINT, INT, SMALLINT, STRING, BOOLEAN, DATE, TIMESTAMP, DOUBLE or DECIMAL(p,s)',
  );

const column = z.strictObject({
  name: identifier,
  type: dataType,
  description: z.string().min(1),
  /** Personal data: emptied when the row's subject is erased. */
  personal: z.boolean().default(false),
});

/** error: nothing is written when a row breaks it. quarantine: the row is set aside, with the reason. */
const severity = z.enum(['error', 'quarantine']);

/** A promise about each row. Exactly one of check, references and unique. */
const expectation = z
  .strictObject({
    name: identifier,
    severity,
    description: z.string().min(1).optional(),
    /** A predicate in the models' SQL over the contract's columns; a row for which it is not true breaks the promise. */
    check: z.string().min(1).optional(),
    /** The column's value must be a key of that silver table, quarantined rows included. */
    references: z.strictObject({ column: identifier, table: identifier, key: identifier }).optional(),
    /** No two rows share the value: the one that came first stays, of those that come together the lowest key. NULL never clashes. */
    unique: z.strictObject({ column: identifier }).optional(),
  })
  .refine((value) => [value.check, value.references, value.unique].filter((kind) => kind !== undefined).length === 1, {
    message: 'expected exactly one of check, references and unique',
  })
  .refine((value) => value.severity === 'quarantine' || value.check !== undefined, {
    message: 'severity error goes with a check',
  });

/**
 * - `latest`: the last change of each key, merged; deletes leave tombstones; bad rows go to `<table>_quarantine`. Silver only.
 * - `history`: every version of a `latest` model's rows, appended once. Silver only.
 * - `table`: rebuilt in full.
 */
const materialisation = z.enum(['latest', 'history', 'table']);

export const contractSchema = z.strictObject({
  description: z.string().min(1),
  /** What one row is. */
  grain: z.string().min(1),
  key: z.array(identifier).min(1),
  materialisation,
  /** The bronze table whose changes feed a `latest` model. */
  source: identifier.optional(),
  /** The `latest` model of its layer whose versions a `history` keeps: source, columns and SELECT are that model's, and not repeated. */
  versions_of: identifier.optional(),
  columns: z.array(column).default([]),
  expectations: z.array(expectation).default([]),
});

export type Contract = z.infer<typeof contractSchema>;
export type ContractColumn = Contract['columns'][number];
export type Expectation = Contract['expectations'][number];

/** The columns that every `latest` and `history` table has after its own. */
export const changeColumns: readonly ContractColumn[] = [
  { name: '_is_deleted', type: 'BOOLEAN', description: 'Deleted in the source: a tombstone.', personal: false },
  {
    name: '_repairs',
    type: 'STRING',
    description: 'Defects repaired in this row, by name, comma-separated.',
    personal: false,
  },
  { name: '_lsn', type: 'STRING', description: 'Commit LSN of the change: 0x and 20 hex digits.', personal: false },
  { name: '_command_id', type: 'INT', description: 'Order of the command within its transaction.', personal: false },
  { name: '_seqval', type: 'STRING', description: 'Order of the change within its transaction.', personal: false },
];
