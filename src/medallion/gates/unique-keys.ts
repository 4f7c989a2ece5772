import { quoteId, quoteName } from '../../azure-sql/quote.ts';
import { countAll } from '../count.ts';
import { equal, type Gate } from '../gate.ts';

/** No key stands twice, in any table of silver and gold. */
export const uniqueKeys: Gate = async ({ lake, models }) => {
  const repeated = await countAll(
    lake,
    Object.fromEntries(
      models.map(({ id, contract }) => {
        const key = contract.key.map(quoteName).join(', ');
        return [
          id,
          `SELECT COUNT_BIG(*) FROM (SELECT COUNT_BIG(*) AS times FROM ${quoteId(id)} GROUP BY ${key} HAVING COUNT_BIG(*) > 1) AS repeated`,
        ];
      }),
    ),
  );
  return models.map(({ layer, name, id }) => equal({ layer, table: name, gate: 'key_unique' }, repeated[id] ?? 0n, 0n));
};
