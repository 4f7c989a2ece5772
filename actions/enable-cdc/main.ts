import { runAction, setOutputs } from '../../src/github/action.ts';
import { flag } from '../../src/github/inputs.ts';
import { warn, writeSummary } from '../../src/github/summary.ts';
import { captureChanges, provision } from '../../src/run/operations.ts';

await runAction(async (platform, progress) => {
  const { applied } = await provision(platform, progress);
  const { tables, drift } = await captureChanges(platform, progress, { recapture: flag('recapture') });
  for (const { table, advice } of drift) warn(`Schema drift in ${table}`, advice);
  setOutputs({ tables: tables.length, drifted: drift.map(({ table }) => table).join(',') });
  await writeSummary(
    `### Change data capture\n\n${applied.length} scripts applied, ${tables.length} tables captured, ${drift.length} drifted.`,
  );
});
