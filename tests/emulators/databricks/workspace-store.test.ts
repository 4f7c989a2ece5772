import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WorkspaceStore } from '../../../emulators/databricks/workspace-store.ts';

test('files that are written again after each restart keep their own contents', () => {
  const folder = mkdtempSync(join(tmpdir(), 'workspace-'));
  try {
    const names = ['a', 'b', 'c'];
    for (let restart = 0; restart < 5; restart++) {
      const store = new WorkspaceStore(folder, () => 0);
      store.mkdirs('/Shared/job');
      for (const name of names)
        store.write(`/Shared/job/${name}`, Buffer.from(`${name} of start ${restart}`), 'FILE', true);
      expect(names.map((name) => store.read(`/Shared/job/${name}`).toString())).toEqual(
        names.map((name) => `${name} of start ${restart}`),
      );
    }
    // Nothing is left of what was written over.
    expect(readdirSync(join(folder, 'workspace'))).toHaveLength(names.length + 1);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
