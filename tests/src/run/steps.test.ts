import { type StepListener, Steps } from '../../../src/run/steps.ts';

/** Steps on a clock that each call moves on by a second, and what the listener heard. */
function listen(signal?: AbortSignal): { steps: Steps; heard: string[] } {
  const heard: string[] = [];
  const listener: StepListener = {
    begin: (name) => heard.push(`begin ${name}`),
    progress: ({ message }) => heard.push(`progress ${message}`),
    end: ({ name, seconds }, outcome) => heard.push(`end ${name} ${seconds} ${outcome}`),
    fail: ({ name, seconds }, error) => heard.push(`fail ${name} ${seconds} ${error.message}`),
  };
  let milliseconds = 0;
  return {
    heard,
    steps: new Steps(listener, signal, () => {
      milliseconds += 1000.4;
      return milliseconds;
    }),
  };
}

test('a step is told from beginning to end, its result handed on, its seconds kept', async () => {
  const { steps, heard } = listen();
  const result = await steps.run(
    'ingest',
    async (progress) => {
      progress({ message: 'half-way' });
      return 7;
    },
    (rows) => `${rows} rows`,
  );
  expect(result).toBe(7);
  expect(heard).toEqual(['begin ingest', 'progress half-way', 'end ingest 1 7 rows']);
  expect(steps.records).toEqual([{ name: 'ingest', seconds: 1 }]);
});

test('a step that fails is told, thrown, and not kept as done', async () => {
  const { steps, heard } = listen();
  const failure = new Error('no such table');
  await expect(steps.run('validate', () => Promise.reject(failure))).rejects.toBe(failure);
  expect(heard).toEqual(['begin validate', 'fail validate 1 no such table']);
  expect(steps.records).toEqual([]);
});

test('an abort ends the running step at once with its reason, whatever the work still does', async () => {
  const controller = new AbortController();
  const { steps, heard } = listen(controller.signal);
  let finish = (): void => {};
  const work = new Promise<void>((_, reject) => {
    finish = () => reject(new Error('too late to matter'));
  });
  const running = steps.run('run pipeline', () => work);
  const reason = new Error('Stopped by Ctrl-C.');
  controller.abort(reason);
  await expect(running).rejects.toBe(reason);
  expect(heard).toEqual(['begin run pipeline', 'fail run pipeline 1 Stopped by Ctrl-C.']);
  // The work's own failure comes afterwards and is nobody's: it must not end the process.
  finish();
  await new Promise((resolve) => setImmediate(resolve));
});

test('after an abort no further step begins', async () => {
  const controller = new AbortController();
  const { steps, heard } = listen(controller.signal);
  const reason = new Error('Stopped by Ctrl-C.');
  controller.abort(reason);
  await expect(steps.run('validate', async () => 1)).rejects.toBe(reason);
  expect(heard).toEqual([]);
});

test('a signal is let go of when a step ends', async () => {
  const { signal } = new AbortController();
  const added: unknown[] = [];
  const removed: unknown[] = [];
  const watched = new Proxy(signal, {
    get(target, name) {
      if (name === 'addEventListener') return (_: string, listener: unknown) => added.push(listener);
      if (name === 'removeEventListener') return (_: string, listener: unknown) => removed.push(listener);
      const value = Reflect.get(target, name, target) as unknown;
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  const { steps } = listen(watched);
  await steps.run('one', async () => 1);
  expect(added).toHaveLength(1);
  expect(removed).toEqual(added);
});
