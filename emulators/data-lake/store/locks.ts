/** Runs work on the same keys one after another; work on other keys goes on beside it. */
export interface Locks {
  run<T>(keys: readonly string[], work: () => Promise<T>): Promise<T>;
}

export function createLocks(): Locks {
  const tails = new Map<string, Promise<unknown>>();

  return {
    async run(keys, work) {
      const wanted = [...new Set(keys)];
      // All tails are taken in one step, so that two requests for the same two keys cannot wait for each other.
      const before = Promise.all(wanted.map((key) => tails.get(key)));
      const { promise: done, resolve: release } = Promise.withResolvers<void>();
      for (const key of wanted) tails.set(key, done);
      try {
        await before;
        return await work();
      } finally {
        for (const key of wanted) if (tails.get(key) === done) tails.delete(key);
        release();
      }
    },
  };
}
