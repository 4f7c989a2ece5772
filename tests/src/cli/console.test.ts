import { consoleListener } from '../../../src/cli/console.ts';
import { Interruption } from '../../../src/errors.ts';
import type { StepListener } from '../../../src/run/steps.ts';

/** A listener on a clock that is moved by hand, and all that it wrote. */
function listen(plain: boolean, columns = 40): { listener: StepListener; text(): string; pass(seconds: number): void } {
  let text = '';
  let milliseconds = 0;
  const output = { isTTY: !plain, columns, write: (part: string) => (text += part) };
  return {
    listener: consoleListener(output, { plain, now: () => milliseconds }),
    text: () => text,
    pass: (seconds) => {
      milliseconds += seconds * 1000;
    },
  };
}

test('elsewhere than on a terminal a step is one line, and one more every five seconds while it lasts', () => {
  const { listener, text, pass } = listen(true);
  listener.begin('ingest');
  for (let second = 1; second <= 11; second++) {
    pass(1);
    listener.progress({ message: `slice ${second}`, fraction: second / 12 });
  }
  listener.end({ name: 'ingest', seconds: 11.26 }, '15,021 orders');
  listener.begin('validate');
  listener.fail({ name: 'validate', seconds: 0.1 }, new Error('told elsewhere'));
  listener.begin('deploy');
  listener.fail({ name: 'deploy', seconds: 0.2 }, new Interruption('by Ctrl-C'));
  expect(text().split('\n')).toEqual([
    '  ingest ... 41 % slice 5',
    '  ingest ... 83 % slice 10',
    `  ${'ingest'.padEnd(32)}   11.3 s  15,021 orders`,
    `  ${'validate'.padEnd(32)}    0.1 s  FAILED`,
    `  ${'deploy'.padEnd(32)}    0.2 s  stopped`,
    '',
  ]);
});

test('on a terminal the line is rewritten, and never longer than the terminal is wide', () => {
  const { listener, text } = listen(false, 30);
  listener.begin('ingest');
  listener.progress({ message: 'a message that goes on beyond the edge' });
  listener.end({ name: 'ingest', seconds: 2 }, 'done');
  const rewritten = text().split('\r\u001b[2K');
  expect(rewritten).toEqual([
    '',
    '  ingest ...',
    '  ingest ... a message that g',
    `  ${'ingest'.padEnd(32)}    2.0 s  done\n`,
  ]);
  expect(rewritten[2]!.length).toBeLessThan(30);
});
