/**
 * Cuts a script into batches at its GO lines, as sqlcmd does: GO stands alone on its line, with an optional count and comment, and
 * not inside a string, a quoted name or a block comment.
 */
export interface ScriptBatch {
  readonly text: string;
  /** Line of the script the batch begins on, from 1: error lines count from it. */
  readonly line: number;
  /** `GO 5` runs the batch before it five times. */
  readonly count: number;
}

type Inside = 'nothing' | 'comment' | "'" | '"' | ']';

/** @returns the batches that hold more than white space. */
export function splitBatches(script: string): ScriptBatch[] {
  const batches: ScriptBatch[] = [];
  let inside: Inside = 'nothing';
  let depth = 0;
  let held: string[] = [];
  let begins = 1;

  const lines = script.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  const end = (count: number) => {
    const text = held.join('\n');
    if (text.trim() !== '') batches.push({ text, line: begins, count });
    held = [];
  };

  lines.forEach((line, index) => {
    const go = inside === 'nothing' ? /^\s*GO(?:\s+(\d+))?\s*;?\s*(?:--.*)?$/i.exec(line) : null;
    if (go !== null) {
      end(go[1] === undefined ? 1 : Number(go[1]));
      begins = index + 2;
      return;
    }
    held.push(line);
    for (let at = 0; at < line.length; at++) {
      const two = line.slice(at, at + 2);
      if (inside === 'comment') {
        // Block comments nest in T-SQL.
        if (two === '/*') depth++;
        else if (two === '*/' && --depth === 0) inside = 'nothing';
        if (two === '/*' || two === '*/') at++;
      } else if (inside !== 'nothing') {
        // A doubled delimiter closes and opens again, which comes to the same.
        if (line[at] === inside) inside = 'nothing';
      } else if (two === '--') break;
      else if (two === '/*') {
        inside = 'comment';
        depth = 1;
        at++;
      } else if (line[at] === "'" || line[at] === '"') inside = line[at] as Inside;
      else if (line[at] === '[') inside = ']';
    }
  });
  end(1);
  return batches;
}
