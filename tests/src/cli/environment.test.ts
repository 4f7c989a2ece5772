import { jest } from '@jest/globals';
import { defaultBatchId } from '../../../src/cli/environment.ts';
import { abortOnInterrupt } from '../../../src/cli/interrupt.ts';

describe('Ctrl-C', () => {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const before = new Map(signals.map((name) => [name, process.listeners(name)]));
  afterEach(() => {
    for (const name of signals)
      for (const listener of process.listeners(name))
        if (!before.get(name)!.includes(listener)) process.off(name, listener);
    jest.restoreAllMocks();
  });

  test.each(signals)('%s asks what runs to end, and says how to carry on', (name) => {
    const signal = abortOnInterrupt();
    process.emit(name);
    expect(signal.reason).toMatchObject({
      name: 'ConfigurationError',
      message: 'Stopped. Run the same command again to carry on.',
    });
  });

  test('the same one handed on by npm is not a second one; a second one ends the process', () => {
    const exit = jest.spyOn(process, 'exit').mockImplementation((() => {}) as () => never);
    let milliseconds = 0;
    abortOnInterrupt(() => milliseconds);
    process.emit('SIGINT');
    milliseconds = 200;
    process.emit('SIGINT');
    expect(exit).not.toHaveBeenCalled();
    milliseconds = 2000;
    process.emit('SIGINT');
    expect(exit).toHaveBeenCalledWith(130);
  });
});

test('a batch is called as the workflow run is, or by the moment', () => {
  const now = new Date('2026-02-01T03:04:05.678Z');
  expect(defaultBatchId(now, { GITHUB_RUN_ID: '77' })).toBe('77');
  expect(defaultBatchId(now, {})).toBe('manual-2026-02-01T03-04-05-678Z');
});
