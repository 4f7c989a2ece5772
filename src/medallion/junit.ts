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

/** For an attribute: what XML cannot hold at all (control characters, lone surrogates) becomes U+FFFD, and line ends survive. */
function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
    .replace(/[&<>"\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}
