import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bigintAsNumber } from '../runtime/parameters.ts';
import type { ActivityRun, PipelineRun } from '../runtime/run-records.ts';
import { writeAtomically } from './write-atomically.ts';

/** A run with its activity runs, as it lies on disk. */
export interface RunRecord {
  run: PipelineRun;
  readonly activities: ActivityRun[];
  /** Outputs of the top-level activities that succeeded, for a rerun from a later one. */
  readonly outputs: Record<string, unknown>;
  returnValue?: Record<string, unknown>;
}

export interface RunStore {
  get(runId: string): RunRecord | undefined;
  all(): Iterable<RunRecord>;
  add(record: RunRecord): void;
  /** Tells that a record has changed. Writes are coalesced: one at a time per run, always of the latest state. */
  changed(record: RunRecord): void;
  /** Resolves when everything told so far is on disk. */
  flush(): Promise<void>;
}

/**
 * Opens the runs under a directory. A run found unfinished was cut off by a stop of the local Data Factory: it is marked Failed.
 * @param now for the end of such runs.
 * @param log told when a run cannot be written; the run goes on.
 */
export function openRunStore(directory: string, now: Date, log: (message: string) => void): RunStore {
  mkdirSync(directory, { recursive: true });
  const records = new Map<string, RunRecord>();
  const dirty = new Set<RunRecord>();
  const writing = new Map<RunRecord, Promise<void>>();

  async function write(record: RunRecord): Promise<void> {
    while (dirty.delete(record))
      await writeAtomically(join(directory, `${record.run.runId}.json`), JSON.stringify(record, bigintAsNumber));
  }
  function changed(record: RunRecord): void {
    dirty.add(record);
    if (!writing.has(record))
      writing.set(
        record,
        // A turn later, so that changes of one moment share one write.
        Promise.resolve()
          .then(() => write(record))
          .catch((error: Error) => log(`data factory: run ${record.run.runId} cannot be written: ${error.message}`))
          .finally(() => writing.delete(record)),
      );
  }

  for (const entry of readdirSync(directory).filter((file) => file.endsWith('.json'))) {
    const record = JSON.parse(readFileSync(join(directory, entry), 'utf8')) as RunRecord;
    records.set(record.run.runId, record);
    if (interrupt(record, now)) changed(record);
  }

  return {
    get: (runId) => records.get(runId.toLowerCase()),
    all: () => records.values(),
    add(record) {
      records.set(record.run.runId, record);
      changed(record);
    },
    changed,
    async flush() {
      while (writing.size > 0) await Promise.all(writing.values());
    },
  };
}

const unfinished = new Set(['Queued', 'InProgress', 'Canceling']);

/** Closes what a stop left open. @returns whether anything was. */
function interrupt(record: RunRecord, now: Date): boolean {
  if (!unfinished.has(record.run.status)) return false;
  const end = now.toISOString();
  const message =
    'The local Data Factory was stopped while this was running. Run it again; every part of it is safe to repeat.';
  for (const [index, activity] of record.activities.entries())
    if (unfinished.has(activity.status))
      record.activities[index] = {
        ...activity,
        status: record.run.status === 'Canceling' ? 'Cancelled' : 'Failed',
        activityRunEnd: end,
        durationInMs: activity.activityRunStart === null ? null : now.getTime() - Date.parse(activity.activityRunStart),
        error: {
          errorCode: 'RuntimeStopped',
          message,
          failureType: 'SystemError',
          target: activity.activityName,
          details: '',
        },
      };
  record.run = {
    ...record.run,
    status: record.run.status === 'Canceling' ? 'Cancelled' : 'Failed',
    message,
    runEnd: end,
    lastUpdated: end,
    durationInMs: record.run.runStart === null ? null : now.getTime() - Date.parse(record.run.runStart),
  };
  return true;
}
