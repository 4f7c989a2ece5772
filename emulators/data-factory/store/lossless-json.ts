/**
 * JSON whose numbers survive a round trip: `1.0`, `1e400` and 20-digit integers come back as they were written. Definitions are
 * kept this way because a factory must return what was published, and a plain parse would not.
 */

interface ReviverContext {
  readonly source?: string;
}

/** ES2025's raw JSON, which the compiler's library does not declare yet. */
const json = JSON as unknown as {
  parse(text: string, reviver: (key: string, value: unknown, context: ReviverContext) => unknown): unknown;
  rawJSON(text: string): unknown;
};

/** Parses; a number that JavaScript would print otherwise is kept as raw text. Throws SyntaxError. */
export function parseLossless(text: string): unknown {
  return json.parse(text, (_key, value, context) =>
    typeof value === 'number' && context.source !== undefined && String(value) !== context.source
      ? json.rawJSON(context.source)
      : value,
  );
}
