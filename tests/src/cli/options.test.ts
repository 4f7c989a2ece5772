import type { Command, CommanderError } from 'commander';
import { ingestCommand } from '../../../src/cli/ingest.ts';
import { localCommand } from '../../../src/cli/local.ts';
import { runPipelineCommand } from '../../../src/cli/run-pipeline.ts';
import { startCommand } from '../../../src/cli/start.ts';

/** What a command says to words it does not take. Its action never runs. */
async function refusal(command: Command, words: readonly string[]): Promise<string> {
  command.exitOverride().configureOutput({ writeErr: () => {} });
  return command.parseAsync([...words], { from: 'user' }).then(
    () => 'taken',
    (error: CommanderError) => error.message,
  );
}

const whole = (minimum: number, maximum: number): string => `Expected a whole number from ${minimum} to ${maximum}.`;

test.each([
  ['--days', '0', whole(1, 3660)],
  ['--days', '-3', whole(1, 3660)],
  ['--days', '1.5', whole(1, 3660)],
  ['--days', '1e3', whole(1, 3660)],
  ['--days', 'many', whole(1, 3660)],
  ['--days', '', whole(1, 3660)],
  ['--orders-per-day', '1000001', whole(1, 1_000_000)],
  ['--seed', '4294967296', whole(0, 4_294_967_295)],
  ['--port-base', '65531', whole(0, 65_530)],
  ['--defect-rate', '0.6', 'Expected a number from 0 to 0.5, such as 0.02.'],
  ['--defect-rate', '2 %', 'Expected a number from 0 to 0.5, such as 0.02.'],
  ['--defect-rate', 'NaN', 'Expected a number from 0 to 0.5, such as 0.02.'],
])('start refuses %s %j by the option’s name', async (option, value, expected) => {
  const message = await refusal(startCommand(), [`${option}=${value}`]);
  expect(message).toContain(`option '${option} <`);
  expect(message).toContain(`argument '${value}' is invalid. ${expected}`);
});

test.each([
  [localCommand, '--port-base', 'x', whole(0, 65_530)],
  [ingestCommand, '--to', '2026-02-01', 'Expected an instant in UTC such as 2026-02-01T00:00:00Z.'],
  [ingestCommand, '--to', '2026-02-31T25:00:00Z', 'Expected an instant in UTC such as 2026-02-01T00:00:00Z.'],
  [runPipelineCommand, '--parameters', '[1]', 'Expected a JSON object such as {"name": "value"}.'],
  [runPipelineCommand, '--parameters', '{', 'Expected a JSON object such as {"name": "value"}.'],
])('%p refuses %s %j', async (command, option, value, expected) => {
  expect(await refusal(command(), [option, value])).toContain(`'${value}' is invalid. ${expected}`);
});

test.each([
  [['--day', '3'], "error: unknown option '--day'\n(Did you mean --days?)"],
  [['--wipe'], "error: unknown option '--wipe'"],
  [['everything'], 'error: too many arguments. Expected 0 arguments but got 1.'],
  [['--days'], "error: option '--days <n>' argument missing"],
])('start refuses %j', async (words, expected) => {
  expect(await refusal(startCommand(), words)).toContain(expected);
});

test('help names the folder of all state and how to have another', () => {
  for (const command of [startCommand(), localCommand()]) {
    let text = '';
    command.configureOutput({ writeOut: (part) => (text += part) }).outputHelp();
    expect(text).toContain('DATAOPS_LOCAL names the folder of all state');
  }
});
