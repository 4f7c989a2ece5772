import { Command } from 'commander';
import { mainPipeline } from '../run/main-pipeline.ts';
import { abortOnInterrupt } from './interrupt.ts';
import { environmentOption, jsonObject, wholeNumber } from './options.ts';

export function runPipelineCommand(): Command {
  return new Command('run-pipeline')
    .description('run a Data Factory pipeline and wait for its end; Ctrl-C cancels it')
    .addOption(environmentOption())
    .option('--pipeline <name>', 'name of the pipeline', mainPipeline)
    .option('--parameters <json>', 'its parameters, a JSON object', jsonObject, {})
    .option('--timeout-minutes <n>', 'how long to wait; the run is cancelled after that', wholeNumber(1, 1440), 60)
    .addHelpText('after', `\nExample:\n  npx dataops run-pipeline --env dev --pipeline ${mainPipeline}`)
    .action(
      async (options: {
        env: string;
        pipeline: string;
        parameters: Record<string, unknown>;
        timeoutMinutes: number;
      }) => {
        const { runFactoryPipeline } = await import('../run/factory.ts');
        const { openPlatform, printProgress } = await import('./environment.ts');
        const { runId, summary } = await runFactoryPipeline(
          openPlatform(options.env),
          {
            pipeline: options.pipeline,
            parameters: options.parameters,
            timeoutSeconds: options.timeoutMinutes * 60,
            signal: abortOnInterrupt(),
          },
          printProgress,
        );
        console.log(`run ${runId} succeeded: ${summary}`);
      },
    );
}
