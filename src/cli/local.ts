import { dirname } from 'node:path';
import { Command } from 'commander';
import { localDirectory } from '../environments/folders.ts';
import type { Environment } from '../environments/schema.ts';
import { abortOnInterrupt } from './interrupt.ts';
import { aborted, type LocalProcess, startLocalProcess } from './local-process.ts';
import { wholeNumber } from './options.ts';
import { shownPath } from './shown-path.ts';

export const defaultPortBase = 14330;
export const localDirectoryHelp =
  'DATAOPS_LOCAL names the folder of all state: .local/ of the repository when it is not set.';

export function localCommand(): Command {
  return new Command('local')
    .description('bring the local environment up and keep it up until Ctrl-C')
    .option(
      '--port-base <n>',
      'first of six ports in a row; 0 for any that are free',
      wholeNumber(0, 65530),
      defaultPortBase,
    )
    .addHelpText(
      'after',
      `\n${localDirectoryHelp}\n\nExample:\n  npm run local\n  npx dataops run          (in another terminal)`,
    )
    .action(async (options: { portBase: number }) => {
      const signal = abortOnInterrupt();
      const [local, { openPlatform }, { isSetUp }, { publishFactory }] = await Promise.all([
        startLocalProcess({ directory: localDirectory(), portBase: options.portBase, signal }),
        import('./environment.ts'),
        import('../run/state.ts'),
        import('../run/factory.ts'),
      ]);
      const platform = openPlatform('local', {}, { endpointsFile: local.endpointsFile });
      try {
        // What was published before may name ports that nobody listens on now.
        if (await isSetUp(platform)) await publishFactory(platform, {});
      } catch (error) {
        await local.close();
        throw error;
      }
      console.log(howToConnect(platform.environment, local.endpointsFile));
      await keepUp(local, signal);
    });
}

/** Waits for Ctrl-C, then ends the environment; one that ends by itself is an error. */
export async function keepUp(local: LocalProcess, signal: AbortSignal): Promise<void> {
  await aborted(AbortSignal.any([signal, local.lost]));
  local.lost.throwIfAborted();
  console.log('\nStopping ...');
  await local.close();
}

/** Where each service answers, and how clients of the user's get in. */
export function howToConnect({ endpoints }: Environment, endpointsFile: string): string {
  const { azureSql, synapse, dataLake, dataFactory, databricks } = endpoints;
  return `
The local environment is up. Ctrl-C stops it; its state stays in ${shownPath(dirname(endpointsFile))}.

  Azure SQL      ${azureSql.host},${azureSql.port}  database ${azureSql.database}  user ${azureSql.user}  password ${azureSql.password}
  Synapse        ${synapse.host},${synapse.port}  database ${synapse.database}  user ${synapse.user}  password ${synapse.password}
  Data lake      ${dataLake.url}  key ${dataLake.key}
                 folder ${dataLake.root}
  Data Factory   ${dataFactory.url}  subscription ${dataFactory.subscriptionId}  resource group ${dataFactory.resourceGroup}  factory ${dataFactory.factory}
  Databricks     ${databricks.host}  token ${databricks.token}
  certificates   ${endpoints.caCertificate} (or let your client trust the server's certificate)
  all of this    ${endpointsFile}

  sqlcmd -S ${azureSql.host},${azureSql.port} -d ${azureSql.database} -U ${azureSql.user} -P '${azureSql.password}' -C
  npx dataops run          one scheduled run: ingest, pipeline, validate
`;
}
