import { appendFile, readFile, rename, writeFile } from 'node:fs/promises';
import type { Properties } from './entry.ts';

/**
 * Properties by identity, kept in memory and in a file of JSON lines that grows with each change and is rewritten at start.
 * As the key is the file's identity and not its name, renames need no entry here, and content that is staged with its properties
 * becomes visible together with them.
 */
export interface PropertyJournal {
  get(identity: string): Properties | undefined;
  set(identity: string, properties: Properties): Promise<void>;
  delete(identity: string): Promise<void>;
}

/**
 * Opens the journal and drops what belongs to nothing any more.
 * @param present the identities that exist; asked only when the journal is not empty.
 */
export async function openPropertyJournal(
  file: string,
  present: () => Promise<ReadonlySet<string>>,
): Promise<PropertyJournal> {
  const entries = await replay(file);
  if (entries.size > 0) {
    const existing = await present();
    for (const identity of entries.keys()) if (!existing.has(identity)) entries.delete(identity);
  }
  const compact = [...entries].map(([identity, properties]) => line(identity, properties)).join('');
  await writeFile(`${file}.new`, compact, { mode: 0o600 });
  await rename(`${file}.new`, file);

  const remove = async (identity: string): Promise<void> => {
    if (entries.delete(identity)) await appendFile(file, line(identity, null));
  };

  return {
    get: (identity) => entries.get(identity),
    async set(identity, properties) {
      if (Object.values(properties).every((value) => value === undefined)) return remove(identity);
      entries.set(identity, properties);
      await appendFile(file, line(identity, properties), { mode: 0o600 });
    },
    delete: remove,
  };
}

const line = (identity: string, properties: Properties | null): string =>
  `${JSON.stringify({ identity, properties })}\n`;

async function replay(file: string): Promise<Map<string, Properties>> {
  const entries = new Map<string, Properties>();
  const text = await readFile(file, 'utf8').catch(() => '');
  for (const row of text.split('\n')) {
    const parsed = parse(row);
    if (parsed?.properties) entries.set(parsed.identity, parsed.properties);
    else if (parsed) entries.delete(parsed.identity);
  }
  return entries;
}

/** A line cut short by a kill is the last one and tells of a change nobody was promised. */
function parse(row: string): { identity: string; properties: Properties | null } | undefined {
  try {
    return row === '' ? undefined : JSON.parse(row);
  } catch {
    return undefined;
  }
}
