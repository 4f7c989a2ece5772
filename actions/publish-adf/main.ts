import { runAction, setOutputs } from '../../src/github/action.ts';
import { flag } from '../../src/github/inputs.ts';
import { markdownTable, writeSummary } from '../../src/github/summary.ts';
import { publishFactory } from '../../src/run/factory.ts';

await runAction(async (platform, progress) => {
  const planOnly = flag('plan-only');
  const { created, updated, deleted, unchanged, changes } = await publishFactory(
    platform,
    { planOnly, deleteMissing: flag('delete-missing') },
    progress,
  );
  setOutputs({ created, updated, deleted, unchanged });
  const counts = markdownTable(
    ['created', 'updated', 'deleted', 'unchanged'],
    [[created, updated, deleted, unchanged]],
  );
  await writeSummary(
    `### Data Factory${planOnly ? ' (plan)' : ''}\n\n${counts}\n\n${changes.map((change) => `- ${change}`).join('\n')}`,
  );
});
