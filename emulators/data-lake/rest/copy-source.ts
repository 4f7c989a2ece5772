import type { FileHandle } from 'node:fs/promises';
import type { Grant } from '../auth/grant.ts';
import { notImplemented, StorageError } from '../errors.ts';
import type { Entry } from '../store/entry.ts';
import { type Call, header } from './call.ts';
import { checkSourceConditions } from './conditions.ts';
import { parseTarget } from './names.ts';
import type { Lake } from './operation.ts';

interface Opened {
  readonly entry: Entry;
  readonly handle: FileHandle;
}

/** Opens what `x-ms-copy-source` names, if the caller may read it and it is as the caller expects. Whoever reads it closes it. */
export async function openSource(call: Call, lake: Lake, grant: Grant): Promise<Opened> {
  const from = sourceOf(header(call, 'x-ms-copy-source') ?? '', lake.account, header(call, 'host') ?? '');
  grant.permit({ level: 'path', ...from }, 'r');
  const opened = await lake.store.read(await lake.store.at(from.filesystem, from.path));
  if (opened === undefined) throw new StorageError('CannotVerifyCopySource');
  try {
    checkSourceConditions(call, opened.entry);
  } catch (error) {
    await opened.handle.close();
    throw error;
  }
  return opened;
}

function sourceOf(source: string, account: string, host: string): { filesystem: string; path: string } {
  const [, authority = '', path = ''] = /^https?:\/\/([^/?#]+)(\/[^?#]*)/.exec(source) ?? [];
  if (authority.toLowerCase() !== host.toLowerCase()) throw notImplemented('copies from another account');
  return parseTarget(path, account);
}
