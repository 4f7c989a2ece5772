import type { GateResult } from './gate.ts';

/** The gates as a JUnit report, the form that CI systems show: one suite per layer, one case per gate. Warnings that fail are skipped cases. */
export function toJUnit(results: readonly GateResult[]): string {
  const suites = (['bronze', 'silver', 'gold'] as const).map((layer) => {
    const cases = results.filter((result) => result.layer === layer);
    const failures = cases.filter((result) => result.status === 'failed' && result.severity === 'error').length;
    const skipped = cases.filter((result) => result.status === 'failed' && result.severity === 'warn').length;
    return [
      `  <testsuite name="${layer}" tests="${cases.length}" failures="${failures}" skipped="${skipped}">`,
      ...cases.map((result) => `    ${testCase(result)}`),
      '  </testsuite>',
    ].join('\n');
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="medallion">\n${suites.join('\n')}\n</testsuites>\n`;
}

function testCase({ layer, table, gate, severity, status, observed, expected }: GateResult): string {
  const open = `<testcase classname="${escapeXml(`${layer}.${table}`)}" name="${escapeXml(gate)}"`;
  if (status === 'passed') return `${open}/>`;
  const message = escapeXml(`observed ${observed}, expected ${expected}`);
  return `${open}><${severity === 'error' ? 'failure' : 'skipped'} message="${message}"/></testcase>`;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
