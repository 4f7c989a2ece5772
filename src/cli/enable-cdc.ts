import { Command } from 'commander';
import { environmentOption } from './options.ts';

export function enableCdcCommand(): Command {
  return new Command('enable-cdc')
    .description('bring the source schema up to date and capture the changes of every table; tells of schema drift')
    .addOption(environmentOption())
    .option('--recapture', 'give tables whose columns have drifted a capture instance with their present columns')
    .addHelpText('after', '\nExample:\n  npx dataops enable-cdc --env dev')
    .action(async (options: { env: string; recapture?: boolean }) => {
      const { captureChanges, provision } = await import('../run/operations.ts');
      const { openPlatform, printProgress } = await import('./environment.ts');
      const platform = openPlatform(options.env);
      await provision(platform, printProgress);
      const { tables, drift } = await captureChanges(platform, printProgress, {
        recapture: options.recapture ?? false,
      });
      for (const { table, advice } of drift) console.log(`drift in ${table}: ${advice}`);
      console.log(`${tables.length} tables captured`);
    });
}
