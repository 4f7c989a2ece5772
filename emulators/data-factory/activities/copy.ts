import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ColumnBatch, ColumnBatches } from '../connectors/columns.ts';
import type { Dataset } from '../connectors/connectors.ts';
import { resolveDataset } from '../connectors/resolve.ts';
import type { ActivityContext, ActivityType } from '../runtime/activity-context.ts';
import { ActivityError, badDefinition, notImplemented } from '../runtime/activity-error.ts';
import { type CopyFacts, copyOutput } from './copy-output.ts';
import { locationOf } from './lake-location.ts';
import { described } from './lookup.ts';
import { readBoolean, readObject, requireReference } from './properties.ts';
import { commandOf, sqlDatasetTypes, sqlSourceTypes } from './sql-command.ts';
import { sqlFailure } from './sql-errors.ts';

/** What would change the data and is not done here is refused rather than left out. */
const refused = ['translator', 'enableSkipIncompatibleRow', 'redirectIncompatibleRowSettings', 'skipErrorFile'];

/** Copies what a SQL source returns into one Parquet file in a lake. A copy that fails leaves nothing behind. */
export const copy: ActivityType = {
  control: false,
  async execute(context) {
    const source = readObject(context, 'source');
    const sink = readObject(context, 'sink');
    const from = resolveDataset(
      context.host,
      requireReference(context, context.activity.inputs?.[0], 'inputs'),
      context.scope,
    );
    const to = resolveDataset(
      context.host,
      requireReference(context, context.activity.outputs?.[0], 'outputs'),
      context.scope,
    );
    refuse(context, source, sink, from, to);
    const location = locationOf(context, to);
    if (!location.file) throw notImplemented(`A Copy into a folder without a file name (dataset '${to.name}')`);
    const command = commandOf(context, source, from);
    context.input({ source: { ...source, ...described(command) }, sink, enableStaging: false });

    const verified = readBoolean(context, 'validateDataConsistency', false);
    const start = context.host.clock();
    const { clock, delays } = context.host;
    const meter = createMeter(() => clock().getTime() - start.getTime(), delays.copyProgress);
    const soFar = (facts: Pick<CopyFacts, 'dataWritten' | 'rowsCopied' | 'ended'>) =>
      copyOutput({
        ...facts,
        dataRead: meter.bytes(),
        rowsRead: meter.rows(),
        start,
        end: context.host.clock(),
        timeToFirstByte: meter.firstByte(),
        reading: meter.reading(),
        source: from.linkedService.type,
        sink: to.linkedService.type,
        verified,
      });
    const tell = () => context.progress(soFar({ dataWritten: 0, rowsCopied: meter.rows(), ended: false }));
    const folder = await mkdtemp(join(context.host.temporaryDirectory, 'copy-'));
    const connection = await context.host.connectors.openSql(from.linkedService, context.signal);
    try {
      const file = join(folder, 'part.parquet');
      const rowsCopied = await readAll(connection.stream(command, context.signal), (rows) =>
        context.host.parquet.write(meter.count(rows, tell), { file, codec: codecOf(to), signal: context.signal }),
      );
      if (verified && rowsCopied !== meter.rows())
        throw new ActivityError(
          'UserErrorDataConsistency',
          `Data consistency: ${meter.rows()} rows read, ${rowsCopied} rows written.`,
        );
      const lake = context.host.connectors.openLake(to.linkedService);
      const dataWritten = await lake.upload(location.fileSystem, location.path, file, context.signal);
      return soFar({ dataWritten, rowsCopied, ended: true });
    } finally {
      await connection.close();
      await rm(folder, { recursive: true, force: true });
    }
  },
};

function refuse(
  context: ActivityContext,
  source: Readonly<Record<string, unknown>>,
  sink: Readonly<Record<string, unknown>>,
  from: Dataset,
  to: Dataset,
): void {
  const { name } = context.activity;
  if (!sqlSourceTypes.has(String(source['type'])) || !sqlDatasetTypes.has(from.type))
    throw notImplemented(
      `A Copy from source '${String(source['type'])}' on a dataset of type '${from.type}' (activity '${name}')`,
    );
  if (sink['type'] !== 'ParquetSink' || to.type !== 'Parquet')
    throw notImplemented(
      `A Copy into sink '${String(sink['type'])}' on a dataset of type '${to.type}' (activity '${name}')`,
    );
  if (readBoolean(context, 'enableStaging', false)) throw notImplemented(`A staged Copy (activity '${name}')`);
  for (const property of refused) {
    const value = context.properties[property];
    // Studio writes a translator that does nothing but allow type conversion, which no pair here needs.
    const harmless = property === 'translator' && (value as { mappings?: unknown } | undefined)?.mappings === undefined;
    if (value !== undefined && value !== false && !harmless)
      throw notImplemented(`The Copy property '${property}' (activity '${name}')`);
  }
  const columns = source['additionalColumns'];
  if (Array.isArray(columns) && columns.length > 0) throw notImplemented(`additionalColumns (activity '${name}')`);
}

function codecOf(dataset: Dataset): string | undefined {
  const codec = dataset.properties['compressionCodec'];
  if (codec === undefined || typeof codec === 'string') return codec;
  throw badDefinition(`The compressionCodec of dataset '${dataset.name}' is not a string: ${JSON.stringify(codec)}.`);
}

/** Failures while reading are the database's, whenever they come; others are left as they are. */
async function readAll(
  opened: Promise<ColumnBatches>,
  write: (rows: ColumnBatches) => Promise<number>,
): Promise<number> {
  try {
    const { columns, batches } = await opened;
    return await write({ columns, batches });
  } catch (error) {
    throw sqlFailure('2200', error);
  }
}

/** Counts what passes through. Bytes are those of the values, as the service counts what it reads. */
function createMeter(elapsed: () => number, tellEvery: number) {
  let rows = 0;
  let bytes = 0;
  let first: number | undefined;
  let last: number | undefined;
  let told = 0;
  return {
    rows: () => rows,
    bytes: () => bytes,
    firstByte: () => first ?? elapsed(),
    /** How long reading took, or has taken so far. */
    reading: () => last ?? elapsed(),
    count: ({ columns, batches }: ColumnBatches, tell: () => void): ColumnBatches => ({
      columns,
      batches: (async function* () {
        for await (const batch of batches) {
          first ??= elapsed();
          rows += batch[0]?.length ?? 0;
          bytes += sizeOf(batch);
          if (elapsed() - told >= tellEvery) {
            told = elapsed();
            tell();
          }
          yield batch;
        }
        last = elapsed();
      })(),
    }),
  };
}

function sizeOf(batch: ColumnBatch): number {
  let size = 0;
  for (const values of batch)
    for (const value of values)
      if (typeof value === 'string' || value instanceof Uint8Array) size += value.length;
      else if (value !== null) size += typeof value === 'boolean' ? 1 : 8;
  return size;
}
