import type { Expectation } from '../contract.ts';
import { type Model, tableColumns } from '../models.ts';
import { list, quoteName, quoteTable, quoteText } from './sql.ts';

/** Newest first: the order in which the source made the changes. */
const newestFirst = '_lsn DESC, _command_id DESC, _seqval DESC, _operation DESC';

/**
 * The view `changes` that a silver SELECT reads: the source's changes that the table has not seen. `latest` models get the last change of each
 * key, `history` models every one.
 */
export function changesView(model: Model): string {
  const { contract, id } = model;
  const unseen = [
    `SELECT * FROM ${quoteTable(`bronze.${contract.source}`)}`,
    `WHERE _lsn > (SELECT coalesce(max(_lsn), '') FROM ${quoteTable(id)})`,
  ];
  if (contract.materialisation === 'history')
    return `CREATE OR REPLACE TEMPORARY VIEW changes AS\n${unseen.join('\n')} AND _operation <> 1`;
  const key = contract.key.map(quoteName).join(', ');
  return [
    'CREATE OR REPLACE TEMPORARY VIEW changes AS',
    'SELECT * FROM (',
    `  SELECT *, row_number() OVER (PARTITION BY ${key} ORDER BY ${newestFirst}) AS _position`,
    `  FROM (${unseen.join(' ')}) AS unseen`,
    ') AS numbered',
    'WHERE _position = 1',
  ].join('\n');
}

/**
 * The view `typed`: the model's SELECT over `changes`, cast to the contract's types. A deleted row keeps what is not personal.
 * The SELECT ends with `_repairs, _operation, _lsn, _command_id, _seqval`.
 */
export function typedView(model: Model): string {
  const columns = model.contract.columns.map(({ name, type, personal }) => {
    const cast = `CAST(${quoteName(name)} AS ${type})`;
    return `${personal ? `CASE WHEN _operation <> 1 THEN ${cast} END` : cast} AS ${quoteName(name)}`;
  });
  return [
    'CREATE OR REPLACE TEMPORARY VIEW typed AS',
    'WITH model AS (',
    model.select,
    ')',
    'SELECT',
    list(
      [
        ...columns,
        '_operation = 1 AS _is_deleted',
        "CASE WHEN _operation = 1 THEN '' ELSE _repairs END AS _repairs",
        '_lsn',
        '_command_id',
        '_seqval',
      ],
      '  ',
    ),
    'FROM model',
  ].join('\n');
}

/** The view `refined`: `typed`, with `_reasons` naming the quarantine expectations that the row breaks (empty: a good row). */
export function refinedView(model: Model): string {
  const expectations = model.contract.expectations.filter((expectation) => expectation.severity === 'quarantine');
  const broken = expectations.map((expectation, index) => breach(model, expectation, `expected_${index + 1}`));
  const reasons = broken.map(
    ({ condition }, index) => `CASE WHEN ${condition} THEN ${quoteText(expectations[index]!.name)} END`,
  );
  const columns = tableColumns(model).map(({ name }) => `typed.${quoteName(name)}`);
  return [
    'CREATE OR REPLACE TEMPORARY VIEW refined AS',
    'SELECT',
    list(columns, '  ').concat(','),
    reasons.length === 0
      ? "  '' AS _reasons"
      : `  CASE WHEN typed._is_deleted THEN '' ELSE concat_ws(',',\n${list(reasons, '    ')}\n  ) END AS _reasons`,
    'FROM typed',
    ...broken.flatMap(({ join }) => join ?? []),
  ].join('\n');
}

/** When a row breaks an expectation, and the join that it takes to know. */
function breach(model: Model, expectation: Expectation, alias: string): { condition: string; join?: string } {
  const { check, references, unique } = expectation;
  if (references) {
    const table = `silver.${references.table}`;
    const key = quoteName(references.key);
    const keys = `SELECT ${key} AS _key FROM ${quoteTable(table)} UNION SELECT ${key} FROM ${quoteTable(`${table}_quarantine`)}`;
    return {
      condition: `${alias}._key IS NULL AND typed.${quoteName(references.column)} IS NOT NULL`,
      join: `LEFT JOIN (${keys}) AS ${alias} ON ${alias}._key = typed.${quoteName(references.column)}`,
    };
  }
  if (unique) {
    const value = quoteName(unique.column);
    const key = quoteName(model.contract.key[0]!);
    // What the table holds of a key that changes now is no longer so.
    const held = [
      `SELECT held.${value} AS _value, held.${key} AS _held, held.${key} AS _key`,
      `FROM ${quoteTable(model.id)} AS held LEFT ANTI JOIN typed ON typed.${key} = held.${key}`,
      `WHERE NOT held._is_deleted AND held.${value} IS NOT NULL`,
    ].join(' ');
    const arriving = `SELECT ${value}, NULL, ${key} FROM typed WHERE NOT _is_deleted AND ${value} IS NOT NULL`;
    const first = `SELECT _value, coalesce(min(_held), min(_key)) AS _first FROM (${held} UNION ALL ${arriving}) AS candidates GROUP BY _value`;
    return {
      condition: `${alias}._first <> typed.${key}`,
      join: `LEFT JOIN (${first}) AS ${alias} ON ${alias}._value = typed.${value}`,
    };
  }
  return { condition: `NOT coalesce(${check}, false)` };
}
