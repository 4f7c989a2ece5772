import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The runner as an action sees it: files to write to, commands on standard output. */
export interface Runner {
  /** What the step's summary holds. */
  summary(): string;
  /** The outputs, as the runner reads them (heredoc form, any delimiter). */
  outputs(): Record<string, string>;
  /** The workflow commands printed so far, such as `::error title=x::message`. */
  commands(): string[];
  /** Forgets the summary file, as a runner without one. */
  withoutSummary(): void;
  close(): void;
}

export function startRunner(): Runner {
  const folder = mkdtempSync(join(tmpdir(), 'runner-'));
  const [summaryFile, outputFile] = [join(folder, 'summary'), join(folder, 'output')];
  for (const file of [summaryFile, outputFile]) writeFileSync(file, '');
  const before = { ...process.env };
  process.env['GITHUB_STEP_SUMMARY'] = summaryFile;
  process.env['GITHUB_OUTPUT'] = outputFile;
  let printed = '';
  const write = process.stdout.write;
  process.stdout.write = ((text: string) => {
    printed += text;
    return true;
  }) as typeof process.stdout.write;
  return {
    summary: () => readFileSync(summaryFile, 'utf8'),
    outputs() {
      const matches = readFileSync(outputFile, 'utf8').matchAll(/^(.+?)<<(.+)\n([\s\S]*?)\n\2$/gm);
      return Object.fromEntries([...matches].map(([, name, , value]) => [name, value]));
    },
    commands: () => printed.split('\n').filter((line) => line.startsWith('::')),
    withoutSummary: () => {
      delete process.env['GITHUB_STEP_SUMMARY'];
    },
    close() {
      process.stdout.write = write;
      for (const name of ['GITHUB_STEP_SUMMARY', 'GITHUB_OUTPUT'])
        if (before[name] === undefined) delete process.env[name];
        else process.env[name] = before[name];
      process.exitCode = undefined;
      rmSync(folder, { recursive: true });
    },
  };
}
