import type { GateResult } from '../medallion/gate.ts';
import type { LayerCounts } from '../medallion/layers.ts';
import type { Report } from '../run/report.ts';
import { shownPath } from './shown-path.ts';
import { table } from './table.ts';

/** The end of a run as people read it: rows per table and layer, seconds per step, gates, and where everything lies. */
export function printReport(report: Report, places: Readonly<Record<string, string>>): string {
  const sections = [
    ...(report.layers ? [rowsTable(report.layers)] : []),
    stepsTable(report),
    ...(report.gates.length > 0 ? [gateSummary(report.gates)] : []),
    Object.entries(places)
      .map(([what, where]) => `${what.padEnd(12)} ${shownPath(where)}`)
      .join('\n'),
  ];
  return `\n${sections.join('\n\n')}\n`;
}

function rowsTable({ source, bronze, silver, gold }: LayerCounts): string {
  const quarantineOf = (name: string): number | '' => silver[`${name}_quarantine`] ?? '';
  const names = [
    ...new Set([...Object.keys(source), ...Object.keys(silver).filter((name) => !name.endsWith('_quarantine'))]),
  ];
  const cell = (counts: Readonly<Record<string, number>>, name: string): number | '' => counts[name] ?? '';
  return [
    table(
      ['table', 'source', 'bronze', 'silver', 'quarantine'],
      names.map((name) => [name, cell(source, name), cell(bronze, name), cell(silver, name), quarantineOf(name)]),
    ),
    table(['gold', 'rows'], Object.entries(gold)),
  ].join('\n\n');
}

function stepsTable(report: Report): string {
  return table(
    ['step', 'seconds'],
    [...report.steps, { name: 'in all', seconds: report.seconds }].map(({ name, seconds }) => [
      name,
      seconds.toFixed(1).padStart(7),
    ]),
  );
}

export function gateSummary(gates: readonly GateResult[]): string {
  const failed = gates.filter((gate) => gate.status === 'failed');
  const errors = failed.filter((gate) => gate.severity === 'error').length;
  const head = `gates: ${gates.length - failed.length} of ${gates.length} passed, ${errors} failed, ${failed.length - errors} warned`;
  if (failed.length === 0) return head;
  return `${head}\n${table(
    ['severity', 'table', 'gate', 'observed', 'expected'],
    failed.map(({ severity, layer, table: name, gate, observed, expected }) => [
      severity,
      `${layer}.${name}`,
      gate,
      observed,
      expected,
    ]),
  )}`;
}
