import type { Output } from '../ast.ts';
import type { BindContext, BoundOutput } from '../bound.ts';
import type { CatalogColumn, CatalogTable } from '../catalog.ts';
import { quoteIdentifier } from '../quote.ts';
import { type FromItem, newBinding, type Scope } from './scope.ts';
import { bindItem } from './select.ts';

interface Images {
  readonly inserted?: (index: number) => string;
  readonly deleted?: (index: number) => string;
  /** MERGE: an image exists only for the actions that have it. */
  readonly merge?: ReadonlySet<number>;
}

/** OUTPUT's items over the change set; `extra` are source columns it needs in there. */
export function bindOutput(
  node: Output,
  table: CatalogTable,
  context: BindContext,
  images: Images,
  found?: { readonly items: readonly FromItem[]; readonly item: FromItem },
): { readonly bound: BoundOutput; readonly extra: readonly string[] } {
  const binding = newBinding(context);
  const extra: string[] = [];
  const alias = quoteIdentifier('$changes');
  binding.aliases.add('$changes');
  const image = (name: string, sql: (i: number) => string, actions: string): FromItem => ({
    name,
    alias,
    columns: table.columns.map((column, i) => {
      const plain = `${alias}.${sql(i)}`;
      return {
        column,
        nullable: column.nullable || images.merge !== undefined,
        sql: images.merge ? `CASE WHEN ${alias}."$action" IN (${actions}) THEN ${plain} END` : plain,
      };
    }),
  });
  // An unwritten column of a MERGE that inserts is NULL before and, unless generated, after.
  const items: FromItem[] = [
    ...(images.inserted ? [image('inserted', images.inserted, "'INSERT', 'UPDATE'")] : []),
    ...(images.deleted ? [image('deleted', images.deleted, "'UPDATE', 'DELETE'")] : []),
  ];
  if (images.merge) {
    const action: CatalogColumn = { name: '$action', type: { name: 'nvarchar', length: 10 }, nullable: false };
    items.push({ name: '', alias, columns: [{ column: action, sql: `${alias}."$action"`, nullable: false }] });
  }
  for (const source of found?.items ?? []) {
    if (source === found?.item) continue;
    items.push({
      ...source,
      columns: source.columns.map((c) => {
        const name = quoteIdentifier(`src_${extra.length}`);
        extra.push(`${c.sql} AS ${name}`);
        return { ...c, sql: `${alias}.${name}` };
      }),
    });
  }
  const scope: Scope = { binding, items, ctes: new Map() };
  const bound = node.items.flatMap((item) => bindItem(item, scope));
  const columns = bound.map(({ name, value }) => ({ name, type: value.type, nullable: value.nullable }));
  const sql = bound.map(({ value }, i) => `${value.sql} AS ${quoteIdentifier(`c${i}`)}`).join(', ');
  const into = node.into;
  return { bound: { sql, parameters: binding.parameters, columns, ...(into && { into }) }, extra: extra };
}
