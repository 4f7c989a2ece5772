import { integrationRuntime } from './lookup.ts';

/** What a copy came to. Times in milliseconds, sizes in bytes. */
export interface CopyFacts {
  readonly dataRead: number;
  readonly dataWritten: number;
  readonly rowsRead: number;
  readonly rowsCopied: number;
  readonly start: Date;
  readonly end: Date;
  readonly timeToFirstByte: number;
  readonly reading: number;
  readonly source: string;
  readonly sink: string;
  readonly verified: boolean;
  /** Whether it is over: one that goes on shows what it has done so far. */
  readonly ended: boolean;
}

/** A Copy activity's output ("Monitor copy activity"): durations in whole seconds, throughput in KB/s. */
export function copyOutput(facts: CopyFacts): Record<string, unknown> {
  const milliseconds = facts.end.getTime() - facts.start.getTime();
  const duration = Math.max(1, Math.round(milliseconds / 1000));
  const seconds = (value: number) => Math.round(value / 1000);
  return {
    dataRead: facts.dataRead,
    dataWritten: facts.dataWritten,
    filesWritten: facts.ended ? 1 : 0,
    sourcePeakConnections: 1,
    sinkPeakConnections: 1,
    rowsRead: facts.rowsRead,
    rowsCopied: facts.rowsCopied,
    copyDuration: duration,
    throughput: Math.round((facts.dataRead / 1024 / Math.max(milliseconds / 1000, 0.001)) * 1000) / 1000,
    errors: [],
    effectiveIntegrationRuntime: integrationRuntime,
    usedDataIntegrationUnits: 4,
    usedParallelCopies: 1,
    executionDetails: [
      {
        source: { type: facts.source },
        sink: { type: facts.sink },
        status: facts.ended ? 'Succeeded' : 'InProgress',
        start: facts.start.toISOString(),
        duration,
        usedDataIntegrationUnits: 4,
        usedParallelCopies: 1,
        profile: {
          queue: { status: 'Completed', duration: 0 },
          transfer: {
            status: facts.ended ? 'Completed' : 'InProgress',
            duration: seconds(milliseconds),
            details: {
              readingFromSource: {
                type: facts.source,
                workingDuration: seconds(facts.reading),
                timeToFirstByte: seconds(facts.timeToFirstByte),
              },
              writingToSink: { type: facts.sink, workingDuration: seconds(milliseconds - facts.reading) },
            },
          },
        },
        detailedDurations: {
          queuingDuration: 0,
          timeToFirstByte: seconds(facts.timeToFirstByte),
          transferDuration: seconds(milliseconds),
        },
      },
    ],
    dataConsistencyVerification: { VerificationResult: facts.verified && facts.ended ? 'Verified' : 'NotVerified' },
    durationInQueue: { integrationRuntimeQueue: 0 },
  };
}
