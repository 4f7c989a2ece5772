import { Command } from 'commander';
import { environmentOption } from './options.ts';

export function deployDatabricksCommand(): Command {
  return new Command('deploy-databricks')
    .description('compile the models of databricks/ and deploy them as a job')
    .addOption(environmentOption())
    .addHelpText('after', '\nExample:\n  npx dataops deploy-databricks --env dev')
    .action(async (options: { env: string }) => {
      const { deployDatabricks } = await import('../databricks/deploy.ts');
      const { openPlatform, printProgress } = await import('./environment.ts');
      const { environment, credential } = openPlatform(options.env);
      const { jobId, tasks, outcome, folder } = await deployDatabricks(environment, credential, {
        progress: printProgress,
      });
      console.log(`job ${jobId} ${outcome}: ${tasks} tasks from ${folder}`);
    });
}
