import { Command } from 'commander';
import { environmentOption } from './options.ts';

export function publishAdfCommand(): Command {
  return new Command('publish-adf')
    .description("publish adf/ to the environment's data factory, changing only what differs")
    .addOption(environmentOption())
    .option('--plan', 'tell what would change, and change nothing')
    .option('--delete-missing', 'also delete objects that the repository does not have')
    .addHelpText('after', '\nExample:\n  npx dataops publish-adf --env dev --plan')
    .action(async (options: { env: string; plan?: boolean; deleteMissing?: boolean }) => {
      const { publishFactory } = await import('../run/factory.ts');
      const { openPlatform, printProgress } = await import('./environment.ts');
      const { created, updated, deleted, unchanged, changes } = await publishFactory(
        openPlatform(options.env),
        { planOnly: options.plan ?? false, deleteMissing: options.deleteMissing ?? false },
        printProgress,
      );
      for (const change of changes) console.log(change);
      console.log(
        `${created} created, ${updated} updated, ${deleted} deleted, ${unchanged} unchanged${options.plan ? ' (planned)' : ''}`,
      );
    });
}
