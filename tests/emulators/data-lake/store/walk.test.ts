import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { comparePaths, walk } from '../../../../emulators/data-lake/store/walk.ts';
import { collect } from '../harness.ts';

const name = fc.constantFrom('a', 'a-', 'a.b', 'ab', 'b', 'ä', '𝄞', 'z');
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join('/'));

async function withTree<T>(paths: readonly string[], use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'walk-'));
  try {
    // A path that another one goes through is a directory; the rest are files.
    for (const file of paths.filter((one) => !paths.some((other) => other.startsWith(`${one}/`)))) {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      await writeFile(join(folder, file), '');
    }
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

const names = async (folder: string, options: Parameters<typeof walk>[1]) =>
  (await collect(walk(folder, options))).map((item) => item.name);

test('a walk goes on from any name as if it had never stopped', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(path, { minLength: 1, maxLength: 12 }), path, (paths, anywhere) =>
      withTree(paths, async (folder) => {
        const whole = await names(folder, { recursive: true });
        expect(whole).toEqual([...whole].sort(comparePaths));
        for (const at of [...whole, anywhere]) {
          expect(await names(folder, { recursive: true, after: at })).toEqual(
            whole.filter((one) => comparePaths(one, at) > 0),
          );
          expect(await names(folder, { recursive: true, from: at })).toEqual(
            whole.filter((one) => comparePaths(one, at) >= 0),
          );
        }
      }),
    ),
    { numRuns: 25 },
  );
});
