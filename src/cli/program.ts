import { Command } from 'commander';
import { ConfigurationError } from '../errors.ts';
import { deployDatabricksCommand } from './deploy-databricks.ts';
import { deploySynapseCommand } from './deploy-synapse.ts';
import { enableCdcCommand } from './enable-cdc.ts';
import { ingestCommand } from './ingest.ts';
import { localCommand } from './local.ts';
import { publishAdfCommand } from './publish-adf.ts';
import { runCommand } from './run.ts';
import { runPipelineCommand } from './run-pipeline.ts';
import { startCommand } from './start.ts';
import { validateCommand } from './validate.ts';

/** The command line: its commands load what they do when they are run, so that none waits for the others'. */
const program = new Command('dataops')
  .description('An e-commerce data platform on Azure, and on this machine: local is just another environment.')
  .showHelpAfterError('(--help tells more)')
  .addCommand(startCommand())
  .addCommand(localCommand())
  .addCommand(runCommand())
  .addCommand(ingestCommand())
  .addCommand(enableCdcCommand())
  .addCommand(publishAdfCommand())
  .addCommand(runPipelineCommand())
  .addCommand(deployDatabricksCommand())
  .addCommand(deploySynapseCommand())
  .addCommand(validateCommand());

// Whoever read the output has left (`| head`): nothing more can be said.
process.stdout.on('error', () => process.exit(1));

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof ConfigurationError) console.error(`\n${error.message}`);
  else if ((error as Error).name === 'AbortError') console.error('\nStopped.');
  else console.error(`\n${(error as Error).stack ?? error}${causeOf(error)}`);
  process.exitCode = 1;
  // What was under way may go on trying to reach services that are gone: nobody waits for it.
  setTimeout(() => process.exit(), 500).unref();
}

function causeOf(error: unknown): string {
  const { cause } = error as { cause?: unknown };
  return cause === undefined ? '' : `\ncaused by: ${(cause as Error).stack ?? String(cause)}${causeOf(cause)}`;
}
