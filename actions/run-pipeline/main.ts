import { runAction, setOutputs } from '../../src/github/action.ts';
import { integer, json, requiredText } from '../../src/github/inputs.ts';
import { markdownTable, writeSummary } from '../../src/github/summary.ts';
import { runFactoryPipeline } from '../../src/run/factory.ts';

await runAction(async (platform, progress) => {
  const pipeline = requiredText('pipeline');
  const timeoutSeconds = (integer('timeout-minutes', { minimum: 1, maximum: 1440 }) ?? 60) * 60;
  const run = await runFactoryPipeline(
    platform,
    { pipeline, parameters: json('parameters'), timeoutSeconds },
    progress,
  );
  setOutputs({ 'run-id': run.runId, status: 'Succeeded' });
  const rows = run.activities.map(({ name, status, seconds, detail }) => [name, status, seconds.toFixed(1), detail]);
  await writeSummary(
    `### ${pipeline}: ${run.summary}\n\n${markdownTable(['activity', 'status', 'seconds', 'rows'], rows)}`,
  );
});
