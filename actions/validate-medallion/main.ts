import { writeFileSync } from 'node:fs';
import { fail, runAction, setOutputs } from '../../src/github/action.ts';
import { text } from '../../src/github/inputs.ts';
import { annotate, markdownTable, writeSummary } from '../../src/github/summary.ts';
import { toJUnit } from '../../src/medallion/junit.ts';
import { validateMedallion } from '../../src/medallion/validate.ts';

await runAction(async ({ environment, credential }, progress) => {
  const { gates, passed } = await validateMedallion(environment, credential, { progress });
  const junitFile = text('junit-file');
  if (junitFile !== undefined) writeFileSync(junitFile, toJUnit(gates));
  const failed = gates.filter(({ status }) => status === 'failed').length;
  setOutputs({ passed: gates.length - failed, failed });
  annotate(gates);
  const rows = gates.map((gate) => [
    gate.status === 'passed' ? 'passed' : `**${gate.severity}**`,
    `${gate.layer}.${gate.table}`,
    gate.gate,
    gate.observed,
    gate.expected,
  ]);
  await writeSummary(
    `### Medallion gates\n\n${markdownTable(['status', 'table', 'gate', 'observed', 'expected'], rows)}`,
  );
  if (!passed) fail(`${failed} of ${gates.length} gates failed; the summary names each.`);
});
