import { readFile } from 'node:fs/promises';
import { parseCommit } from '../../../delta/actions.ts';
import { BOOLEAN, LONG, STRING, TIMESTAMP, typeName } from '../../../delta/index.ts';
import { commitFile, listLog } from '../../../delta/log-files.ts';
import type { StatementNode } from '../../../spark-sql/index.ts';
import { lakeUri } from '../lake.ts';
import type { Result, Session } from '../session.ts';

type Node<K extends StatementNode['node']> = Extract<StatementNode, { node: K }>;

export async function describe(session: Session, { target, what }: Node<'describe'>): Promise<Result> {
  if (what === 'columns') {
    const environment = await session.environment({ relations: [target] });
    const resolved = environment.relations.get(target);
    if (resolved?.kind === 'view') {
      const query = {
        ctes: [],
        body: {
          node: 'select' as const,
          distinct: false,
          items: [
            {
              expression: { node: 'star' as const, qualifier: [], except: [], at: target.at, text: '*' },
              alias: undefined,
            },
          ],
          from: target,
          where: undefined,
          groupBy: undefined,
          having: undefined,
          qualify: undefined,
          windows: new Map(),
          at: target.at,
        },
        orderBy: [],
        limit: undefined,
        offset: undefined,
      };
      const { columns } = await session.query(
        { relations: [target] },
        { ...query, limit: { node: 'literal', type: { kind: 'integer' }, value: '0', at: target.at, text: '0' } },
      );
      return columnRows(columns.map(({ name, type }) => ({ name, type })));
    }
    const { snapshot } = await session.target(target);
    return columnRows(snapshot.schema);
  }
  const { folder, snapshot } = await session.target(target);
  if (what === 'detail')
    return {
      columns: ['format', 'id', 'location', 'numFiles', 'sizeInBytes', 'minReaderVersion', 'minWriterVersion'].map(
        (name) => ({ name, type: /^num|^size|Version$/.test(name) ? LONG : STRING }),
      ),
      rows: [
        [
          'delta',
          snapshot.metaData.id,
          lakeUri(session.engine.lake, folder),
          String(snapshot.files.length),
          String(snapshot.files.reduce((total, file) => total + file.size, 0)),
          String(snapshot.protocol.minReaderVersion),
          String(snapshot.protocol.minWriterVersion),
        ],
      ],
    };
  const versions = (await listLog(folder))?.commits ?? [];
  const rows: (string | null)[][] = [];
  for (const version of [...versions].reverse()) {
    const info = parseCommit(await readFile(commitFile(folder, version), 'utf8')).find(
      (action) => action.commitInfo,
    )?.commitInfo;
    rows.push([
      String(version),
      info === undefined ? null : new Date(info.timestamp).toISOString(),
      info?.operation ?? null,
      JSON.stringify(info?.operationParameters ?? {}),
      info?.readVersion === undefined ? null : String(info.readVersion),
      info?.isBlindAppend === undefined ? null : String(info.isBlindAppend),
      JSON.stringify(info?.operationMetrics ?? {}),
      info?.engineInfo ?? null,
    ]);
  }
  const names = [
    'version',
    'timestamp',
    'operation',
    'operationParameters',
    'readVersion',
    'isBlindAppend',
    'operationMetrics',
    'engineInfo',
  ];
  const types = [LONG, TIMESTAMP, STRING, STRING, LONG, BOOLEAN, STRING, STRING];
  return { columns: names.map((name, index) => ({ name, type: types[index]! })), rows };
}

function columnRows(
  fields: readonly {
    readonly name: string;
    readonly type: Parameters<typeof typeName>[0];
    readonly comment?: string;
  }[],
): Result {
  return {
    columns: ['col_name', 'data_type', 'comment'].map((name) => ({ name, type: STRING })),
    rows: fields.map((field) => [field.name, typeName(field.type).toLowerCase(), field.comment ?? null]),
  };
}

export function show(session: Session, { what, in: within }: Node<'show'>): Result {
  const { catalog } = session.engine;
  if (what === 'CATALOGS')
    return { columns: [{ name: 'catalog', type: STRING }], rows: catalog.catalogs().map((name) => [name]) };
  if (what === 'SCHEMAS')
    return {
      columns: [{ name: 'databaseName', type: STRING }],
      rows: catalog.schemas(within[0]?.toLowerCase() ?? session.namespace[0]).map((schema) => [schema.name]),
    };
  const schema = within.length > 0 ? session.schemaName(within) : session.namespace;
  const entries = [...catalog.schema(schema).relations.values()]
    .filter((entry) => what === 'TABLES' || entry.kind === 'view')
    .sort((left, right) => (left.name < right.name ? -1 : 1));
  const temporary = [...session.temporaryViews.keys()].sort().map((name) => ['', name, 'true']);
  return {
    columns: [
      { name: 'database', type: STRING },
      { name: what === 'TABLES' ? 'tableName' : 'viewName', type: STRING },
      { name: 'isTemporary', type: BOOLEAN },
    ],
    rows: [...entries.map((entry) => [schema[1], entry.name, 'false']), ...temporary],
  };
}
