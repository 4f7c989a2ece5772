import { Interruption } from '../errors.ts';
import type { StepListener } from '../run/steps.ts';

export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** How often a long step speaks where lines cannot be rewritten, in milliseconds. */
const plainInterval = 5_000;

/**
 * Steps as lines: `  ingest  3.2 s  15,021 orders`. On a terminal the running step's line is rewritten as it goes; elsewhere, and in CI,
 * each step is one plain line, with one more every few seconds while it lasts.
 */
export function consoleListener(output: Output, options: { plain?: boolean; now?: () => number } = {}): StepListener {
  const { plain = !output.isTTY || process.env['CI'] !== undefined, now = () => performance.now() } = options;
  let name = '';
  let spoke = 0;
  const rewrite = (text: string): void => {
    output.write(`\r\u001b[2K${text.slice(0, (output.columns ?? 80) - 1)}`);
  };
  return {
    begin(step) {
      name = step;
      spoke = now();
      if (!plain) rewrite(`  ${step} ...`);
    },
    progress({ message, fraction }) {
      const share = fraction === undefined ? '' : ` ${Math.floor(fraction * 100)} %`;
      if (!plain) return rewrite(`  ${name} ...${share} ${message}`);
      if (now() - spoke < plainInterval) return;
      spoke = now();
      output.write(`  ${name} ...${share} ${message}\n`);
    },
    end(record, outcome) {
      if (!plain) rewrite('');
      output.write(`  ${record.name.padEnd(32)} ${seconds(record.seconds)}  ${outcome}\n`);
    },
    fail(record, error) {
      if (!plain) rewrite('');
      const outcome = error instanceof Interruption ? 'stopped' : 'FAILED';
      output.write(`  ${record.name.padEnd(32)} ${seconds(record.seconds)}  ${outcome}\n`);
    },
  };
}

function seconds(value: number): string {
  return `${value.toFixed(1)} s`.padStart(8);
}
