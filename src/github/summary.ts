import * as core from '@actions/core';
import type { GateResult } from '../medallion/gate.ts';

/** Appends Markdown to the step's summary, where the runner keeps one. */
export async function writeSummary(markdown: string): Promise<void> {
  if (!process.env['GITHUB_STEP_SUMMARY']) return;
  await core.summary.addRaw(`${markdown}\n`).write();
}

/**
 * A Markdown table. A cell may be Markdown, but stays a cell: what would end it or begin a tag is escaped, a line end is a space. (A backslash is
 * escaped too, as one before a `|` would undo the other's work.)
 */
export function markdownTable(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]): string => `| ${cells.map(escapeCell).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function escapeCell(cell: string | number): string {
  return String(cell)
    .replace(/[\\|]/g, '\\$&')
    .replaceAll('<', '&lt;')
    .replace(/\r\n|\r|\n/g, ' ');
}

/** An annotation for each gate that failed: an error or a warning, as the gate is. */
export function annotate(results: readonly GateResult[]): void {
  for (const { layer, table, gate, severity, observed, expected } of results.filter(
    ({ status }) => status === 'failed',
  )) {
    const message = `${layer}.${table}: observed ${observed}, expected ${expected}`;
    const properties = { title: `Gate ${gate} failed` };
    if (severity === 'error') core.error(message, properties);
    else core.warning(message, properties);
  }
}

export function warn(title: string, message: string): void {
  core.warning(message, { title });
}
