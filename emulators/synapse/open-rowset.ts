import { type Catalog, duckTypeName, type Engine, quoteName, quoteText } from '../sql-server/index.ts';
import { type OpenRowset, parseBatch, type Relation, resolveType, type Statement } from '../tsql/index.ts';
import { notImplemented, SqlError } from '../tsql/sql-error.ts';
import type { SqlType } from '../tsql/sql-type.ts';
import { locationOf } from './external-data-source.ts';
import { deltaFiles, type Files, parquetFiles } from './files.ts';
import { cannotList, type LakeLocation, parseLakeUrl, segmentsOf } from './location.ts';

/**
 * OPENROWSET over the lake. Binding a statement is synchronous, looking at files is not: so before each statement the rowsets that it can reach,
 * directly or through views, are looked up, and binding then finds them.
 */
export class Rowsets {
  readonly #lake: LakeLocation;
  readonly #ready = new WeakMap<Engine, Map<string, Files>>();
  readonly #views = new WeakMap<object, readonly Statement[]>();

  constructor(lake: LakeLocation) {
    this.#lake = lake;
  }

  async prepare(engine: Engine, statement: Statement): Promise<void> {
    const ready = new Map<string, Files>();
    for (const node of this.#reachable(engine.catalog, statement)) {
      const key = keyOf(node);
      if (!ready.has(key)) ready.set(key, await this.#look(engine, node));
    }
    this.#ready.set(engine, ready);
  }

  relation(engine: Engine, node: OpenRowset): Relation | undefined {
    const files = this.#ready.get(engine)?.get(keyOf(node));
    return files && relationOf(node, files);
  }

  /** The rowsets in a statement, and in the views that it names. */
  #reachable(catalog: Catalog, statement: Statement): OpenRowset[] {
    const rowsets: OpenRowset[] = [];
    const seen = new Set<object>();
    const visit = (value: unknown): void => {
      if (typeof value !== 'object' || value === null || seen.has(value)) return;
      seen.add(value);
      const node = value as { kind?: string; name?: { parts?: readonly string[] } };
      if (node.kind === 'openrowset') rowsets.push(value as OpenRowset);
      if (node.kind === 'table' && node.name?.parts) {
        const parts = node.name.parts;
        const view = catalog.find(parts.at(-2) || 'dbo', parts.at(-1) ?? '');
        if (view?.kind === 'view') {
          if (!this.#views.has(view)) this.#views.set(view, parseBatch(view.text).statements);
          visit(this.#views.get(view));
        }
      }
      for (const child of Object.values(value)) visit(child);
    };
    visit(statement);
    return rowsets;
  }

  async #look(engine: Engine, node: OpenRowset): Promise<Files> {
    const format = node.options.get('FORMAT')?.toUpperCase();
    if (format !== 'PARQUET' && format !== 'DELTA')
      throw notImplemented(`OPENROWSET with FORMAT = '${format ?? ''}'`, node.line);
    const [bulk] = node.bulk;
    if (bulk === undefined || node.bulk.length > 1) throw notImplemented('OPENROWSET over a list of paths', node.line);
    const source = node.options.get('DATA_SOURCE');
    const base = source === undefined ? '' : `${locationOf(engine.catalog, source).replace(/\/$/, '')}/`;
    const shown = base + bulk.replace(/^\//, '');
    const path =
      source === undefined
        ? parseLakeUrl(bulk, this.#lake)
        : [...parseLakeUrl(base, this.#lake), ...segmentsOf(shown, bulk)];
    if (path.length === 0) throw cannotList(shown);
    return format === 'DELTA'
      ? deltaFiles(shown, path, this.#lake)
      : parquetFiles(engine.connection, shown, path, this.#lake);
  }
}

const keyOf = (node: OpenRowset): string => JSON.stringify([node.bulk, [...node.options].sort()]);

/** The columns of the WITH clause, or else those of the files, each cast to its declared or inferred type. */
function relationOf(node: OpenRowset, files: Files): Relation {
  const stored = new Map(files.columns.map((column) => [column.name.toLowerCase(), column]));
  const columns =
    node.schema?.map(({ name, type }) => ({ name, type: resolveType(type), nullable: true })) ?? files.columns;
  const items = columns.map(({ name, type }) => {
    const from = stored.get(name.toLowerCase());
    return `${from ? cast(quoteName(from.name), type) : `CAST(NULL AS ${duckTypeName(type)})`} AS ${quoteName(name)}`;
  });
  return {
    sql: `(SELECT ${[...items, '"$file"'].join(', ')} FROM (${files.sql}) AS files)`,
    columns,
    method(name, args, alias) {
      const file = `${alias}."$file"`;
      const length: SqlType = { name: 'nvarchar', length: 1024 };
      if (name === 'filename' && args.length === 0) return { sql: `regexp_extract(${file}, '[^/]*$')`, type: length };
      if (name !== 'filepath') throw notImplemented(`the rowset method ${name}()`, node.line);
      const position = args.length === 0 ? 0 : Number(args[0]!.sql);
      if (!Number.isInteger(position) || position < 0)
        throw new SqlError(13819, 'The argument of filepath() must be a positive whole number.', { line: node.line });
      const cases = [...files.found].map(([path, found]) => {
        const value = position === 0 ? found.path : (found.wildcards[position - 1] ?? null);
        return `WHEN ${quoteText(path)} THEN ${value === null ? 'NULL' : quoteText(value)}`;
      });
      return {
        sql: cases.length === 0 ? 'CAST(NULL AS VARCHAR)' : `(CASE ${file} ${cases.join(' ')} END)`,
        type: length,
      };
    },
  };
}

/** Nested values come as JSON text, as in the service. */
function cast(column: string, type: SqlType): string {
  return `CAST(${column} AS ${duckTypeName(type)})`;
}
