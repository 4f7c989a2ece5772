import { Command } from 'commander';
import { environmentOption } from './options.ts';

export function deploySynapseCommand(): Command {
  return new Command('deploy-synapse')
    .description('create or alter the serverless database and its views over bronze, silver and gold')
    .addOption(environmentOption())
    .addHelpText('after', '\nExample:\n  npx dataops deploy-synapse --env dev')
    .action(async (options: { env: string }) => {
      const { deploySynapse } = await import('../synapse/deploy.ts');
      const { openPlatform, printProgress } = await import('./environment.ts');
      const { environment, credential } = openPlatform(options.env);
      const { database, views } = await deploySynapse(environment, credential, { progress: printProgress });
      console.log(`${views} views in ${database}`);
    });
}
