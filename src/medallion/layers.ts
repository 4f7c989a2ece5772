import { quoteId } from '../azure-sql/quote.ts';
import { countAll } from './count.ts';
import { type GateContext, latestModels } from './gate.ts';

/** layer -> table -> rows, as any reader of the tables would count them. */
export interface LayerCounts {
  readonly source: Readonly<Record<string, number>>;
  readonly bronze: Readonly<Record<string, number>>;
  readonly silver: Readonly<Record<string, number>>;
  readonly gold: Readonly<Record<string, number>>;
}

export async function countLayers({ source, lake, models }: GateContext): Promise<LayerCounts> {
  const sources = latestModels(models).map((model) => model.contract.source!);
  const silver = models
    .filter((model) => model.layer === 'silver')
    .flatMap(({ name, contract }) => (contract.materialisation === 'latest' ? [name, `${name}_quarantine`] : [name]));
  const gold = models.filter((model) => model.layer === 'gold').map((model) => model.name);
  const count = async (
    query: GateContext['lake'],
    schema: string,
    tables: readonly string[],
  ): Promise<Record<string, number>> => {
    const counts = await countAll(
      query,
      Object.fromEntries(tables.map((table) => [table, `SELECT COUNT_BIG(*) FROM ${quoteId(`${schema}.${table}`)}`])),
    );
    return Object.fromEntries(tables.map((table) => [table, Number(counts[table] ?? 0n)]));
  };
  return {
    source: await count(source, 'dbo', sources),
    bronze: await count(lake, 'bronze', sources),
    silver: await count(lake, 'silver', silver),
    gold: await count(lake, 'gold', gold),
  };
}
