import type { Progress, ProgressEvent } from '../progress.ts';

export interface StepRecord {
  readonly name: string;
  readonly seconds: number;
}

/** Who is told how a run goes: the command line, an action's log, nobody. */
export interface StepListener {
  begin(name: string): void;
  progress(event: ProgressEvent): void;
  end(record: StepRecord, outcome: string): void;
  fail(record: StepRecord, error: Error): void;
}

/** Runs steps one after another and keeps what each took. */
export class Steps {
  readonly records: StepRecord[] = [];
  readonly #listener: StepListener;
  readonly #milliseconds: () => number;
  readonly #signal: AbortSignal | undefined;

  constructor(listener: StepListener, signal?: AbortSignal, milliseconds: () => number = () => performance.now()) {
    this.#listener = listener;
    this.#signal = signal;
    this.#milliseconds = milliseconds;
  }

  /**
   * @param outcome what the step came to, in a few words, for its line.
   */
  async run<T>(
    name: string,
    work: (progress: Progress) => Promise<T>,
    outcome: (result: T) => string = () => '',
  ): Promise<T> {
    this.#signal?.throwIfAborted();
    const began = this.#milliseconds();
    const record = (): StepRecord => ({ name, seconds: Math.round(this.#milliseconds() - began) / 1000 });
    this.#listener.begin(name);
    try {
      const result = await unlessAborted(
        work((event) => this.#listener.progress(event)),
        this.#signal,
      );
      const done = record();
      this.records.push(done);
      this.#listener.end(done, outcome(result));
      return result;
    } catch (error) {
      this.#listener.fail(record(), error as Error);
      throw error;
    }
  }
}

/** The work's result, or the signal's reason as soon as it aborts: what the work still does then is nobody's. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  let abort = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
  });
  work.catch(() => {});
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
