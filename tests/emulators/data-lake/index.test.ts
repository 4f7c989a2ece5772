import { mkdir, readdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DataLakeFileSystemClient } from '@azure/storage-file-datalake';
import { collect, type Harness, refusal, startHarness, text } from './harness.ts';

let harness: Harness;
let bronze: DataLakeFileSystemClient;
let count = 0;

beforeAll(async () => {
  harness = await startHarness();
});
beforeEach(async () => {
  bronze = harness.service.getFileSystemClient(`bronze-${count++}`);
  await bronze.create();
});
afterAll(() => harness.close());

const names = async (options: Parameters<DataLakeFileSystemClient['listPaths']>[0] = { recursive: true }) =>
  (await collect(bronze.listPaths(options))).map((path) => `${path.name}${path.isDirectory ? '/' : ''}`);
const put = (path: string, content = 'x') => bronze.getFileClient(path).upload(Buffer.from(content));
const read = async (path: string) => (await bronze.getFileClient(path).readToBuffer()).toString();

describe('filesystems', () => {
  test('are created once, and are told apart from none', async () => {
    const silver = harness.service.getFileSystemClient('silver');
    expect(await silver.exists()).toBe(false);
    expect((await silver.createIfNotExists()).succeeded).toBe(true);
    expect((await silver.createIfNotExists()).succeeded).toBe(false);
    expect(await refusal(() => silver.create())).toEqual([409, 'ContainerAlreadyExists']);
    expect(await silver.exists()).toBe(true);
    await silver.delete();
    expect((await silver.deleteIfExists()).succeeded).toBe(false);
    expect(await refusal(() => silver.getFileClient('a').create())).toEqual([404, 'FilesystemNotFound']);
    expect(await refusal(() => silver.getFileClient('a').read())).toEqual([404, 'ContainerNotFound']);
  });

  test('are listed by prefix and in pages, and nothing else is', async () => {
    for (const name of ['list-a', 'list-b', 'list-c']) await harness.service.getFileSystemClient(name).create();
    await mkdir(join(harness.root, '.hidden'), { recursive: true });
    const pages = await collect(harness.service.listFileSystems({ prefix: 'list-' }).byPage({ maxPageSize: 2 }));
    expect(pages.map((page) => page.fileSystemItems.map((item) => item.name))).toEqual([
      ['list-a', 'list-b'],
      ['list-c'],
    ]);
    const all = await collect(harness.service.listFileSystems());
    expect(all.filter(({ name }) => name.startsWith('.'))).toEqual([]);
  });

  test('keep metadata', async () => {
    await bronze.setMetadata({ owner: 'sales' });
    expect((await bronze.getProperties()).metadata).toEqual({ owner: 'sales' });
  });
});

describe('files', () => {
  test('are written, read whole and in part, and appended to', async () => {
    const file = bronze.getFileClient('d/e/f x+ü.txt');
    expect(await file.exists()).toBe(false);
    await file.upload(Buffer.from('hello'));
    expect(await file.exists()).toBe(true);
    expect(await read('d/e/f x+ü.txt')).toBe('hello');
    expect(await readFile(join(harness.root, bronze.name, 'd/e/f x+ü.txt'), 'utf8')).toBe('hello');
    expect(await text((await file.read(1, 3)).readableStreamBody)).toBe('ell');
    expect(await refusal(() => file.read(5))).toEqual([416, 'InvalidRange']);

    await file.append(Buffer.from(' world'), 5, 6);
    expect(await read('d/e/f x+ü.txt')).toBe('hello');
    await file.flush(11);
    expect(await read('d/e/f x+ü.txt')).toBe('hello world');
    expect(await file.getProperties()).toMatchObject({ contentLength: 11, contentType: 'application/octet-stream' });
  });

  test('take appends in any order, and a flush only where they fit together', async () => {
    const file = bronze.getFileClient('parts');
    await file.create();
    await file.append(Buffer.from('cd'), 2, 2);
    expect(await refusal(() => file.flush(4))).toEqual([400, 'InvalidFlushPosition']);
    await file.append(Buffer.from('ab'), 0, 2);
    expect(await refusal(() => file.flush(3))).toEqual([400, 'InvalidFlushPosition']);
    expect(await refusal(() => file.flush(5))).toEqual([400, 'InvalidFlushPosition']);
    await file.flush(2, { retainUncommittedData: true });
    expect(await read('parts')).toBe('ab');
    await file.flush(4);
    expect(await read('parts')).toBe('abcd');
    await file.append(Buffer.from('e'), 4, 1, { flush: true });
    expect(await read('parts')).toBe('abcde');
    expect(await refusal(() => file.append(Buffer.from('x'), 1, 1))).toEqual([400, 'AppendPositionTooLow']);
  });

  test('are uploaded in chunks beside each other', async () => {
    const content = Buffer.alloc(3_000_001, 'abcdefg');
    await bronze
      .getFileClient('big')
      .upload(content, { chunkSize: 100_000, singleUploadThreshold: 1, maxConcurrency: 8 });
    expect((await bronze.getFileClient('big').readToBuffer(0, undefined, { chunkSize: 700_000 })).equals(content)).toBe(
      true,
    );
  });

  test('carry headers and metadata through a flush, a rename and a restart', async () => {
    const file = bronze.getFileClient('kept.csv');
    await file.upload(Buffer.from('a,b'), {
      metadata: { source: 'shop' },
      pathHttpHeaders: { contentType: 'text/csv', cacheControl: 'no-cache', contentLanguage: 'en' },
    });
    await file.setAccessControl([
      ...(await file.getAccessControl()).acl,
      {
        accessControlType: 'user',
        entityId: 'me',
        defaultScope: false,
        permissions: { read: true, write: false, execute: true },
      },
    ]);
    await file.move('moved.csv');
    harness = await harness.restart();
    bronze = harness.service.getFileSystemClient(bronze.name);
    const moved = bronze.getFileClient('moved.csv');
    expect(await moved.getProperties()).toMatchObject({
      metadata: { source: 'shop' },
      contentType: 'text/csv',
      cacheControl: 'no-cache',
      contentLanguage: 'en',
    });
    expect((await moved.getAccessControl()).acl).toHaveLength(4);
    expect(await readdir(join(harness.root, bronze.name))).toEqual(['moved.csv']);
    await moved.setHttpHeaders({ contentType: 'text/plain' });
    await moved.setMetadata({});
    const after = await moved.getProperties();
    expect([after.contentType, after.cacheControl, after.metadata]).toEqual(['text/plain', undefined, {}]);
  });

  test('refuse what they are not', async () => {
    await put('d/f');
    const cases: [() => Promise<unknown>, unknown][] = [
      [() => bronze.getFileClient('nothing').read(), [404, 'BlobNotFound']],
      [() => bronze.getFileClient('nothing').append(Buffer.from('x'), 0, 1), [404, 'PathNotFound']],
      [() => bronze.getFileClient('nothing').delete(), [404, 'PathNotFound']],
      [() => bronze.getFileClient('d').create(), [409, 'PathAlreadyExists']],
      [() => bronze.getDirectoryClient('d/f').create(), [409, 'PathAlreadyExists']],
      [() => bronze.getFileClient('d/f/g').create(), [409, 'PathConflict']],
      [() => bronze.getDirectoryClient('d').delete(false), [409, 'DirectoryNotEmpty']],
      [() => bronze.getFileClient('x'.repeat(256)).create(), [400, 'OutOfRangeInput']],
    ];
    for (const [call, expected] of cases) expect(await refusal(call)).toEqual(expected);
  });
});

describe('conditions', () => {
  test('hold by ETag, which every change changes', async () => {
    const file = bronze.getFileClient('f');
    const etags = new Set<string | undefined>();
    etags.add((await file.upload(Buffer.from('a'))).etag);
    etags.add((await file.upload(Buffer.from('b'))).etag);
    etags.add((await file.setMetadata({ a: '1' })).etag);
    etags.add((await file.setMetadata({ a: '1' })).etag);
    expect(etags.size).toBe(4);
    const { etag, lastModified } = await file.getProperties();
    expect(etags.has(etag)).toBe(true);
    const [listed] = await collect(bronze.listPaths());
    expect(`"${listed?.etag?.replaceAll('"', '')}"`).toBe(etag);

    const earlier = new Date(lastModified!.getTime() - 5000);
    const cases: [() => Promise<unknown>, unknown][] = [
      [() => file.flush(1, { conditions: { ifMatch: '"other"' } }), [412, 'ConditionNotMet']],
      [() => file.read(0, 1, { conditions: { ifMatch: '"other"' } }), [412, 'ConditionNotMet']],
      [() => file.read(0, 1, { conditions: { ifMatch: etag! } }), 'no error'],
      [() => file.read(0, 1, { conditions: { ifNoneMatch: etag! } }), [304, 'ConditionNotMet']],
      [() => file.read(0, 1, { conditions: { ifModifiedSince: lastModified! } }), [304, 'ConditionNotMet']],
      [() => file.read(0, 1, { conditions: { ifModifiedSince: earlier } }), 'no error'],
      [() => file.read(0, 1, { conditions: { ifUnmodifiedSince: earlier } }), [412, 'ConditionNotMet']],
      [() => file.read(0, 1, { conditions: { ifUnmodifiedSince: lastModified! } }), 'no error'],
      [() => file.setMetadata({}, { conditions: { ifNoneMatch: '*' } }), [412, 'ConditionNotMet']],
      [() => file.create({ conditions: { ifNoneMatch: '*' } }), [409, 'PathAlreadyExists']],
      [() => file.delete(false, { conditions: { ifMatch: '"other"' } }), [412, 'ConditionNotMet']],
      [() => bronze.getFileClient('none').create({ conditions: { ifMatch: '*' } }), [412, 'ConditionNotMet']],
    ];
    for (const [call, expected] of cases) expect(await refusal(call)).toEqual(expected);
  });

  test('of twenty that put one file if it is absent, one wins', async () => {
    const conditions = { ifNoneMatch: '*' };
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        refusal(() => bronze.getFileClient('_delta_log/1.json').create({ conditions, metadata: { by: `${index}` } })),
      ),
    );
    expect(outcomes.filter((outcome) => outcome === 'no error')).toHaveLength(1);
    expect(outcomes.filter((outcome) => Array.isArray(outcome) && outcome[1] === 'PathAlreadyExists')).toHaveLength(19);
  });

  test('of twenty that move onto one name if it is absent, one wins', async () => {
    await Promise.all(Array.from({ length: 20 }, (_, index) => put(`tmp/${index}`, `${index}`)));
    await bronze.getDirectoryClient('log').create();
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        refusal(() =>
          bronze.getFileClient(`tmp/${index}`).move('log/1.json', { destinationConditions: { ifNoneMatch: '*' } }),
        ),
      ),
    );
    const winner = outcomes.indexOf('no error');
    expect(outcomes.filter((outcome) => outcome === 'no error')).toHaveLength(1);
    expect(await read('log/1.json')).toBe(`${winner}`);
    expect(await names({ path: 'tmp' })).toHaveLength(19);
  });

  test('a reader holds the old file or the new one, never a mixture', async () => {
    const size = 400_000;
    await put('f', 'a'.repeat(size));
    const writing = (async () => {
      for (const letter of 'bcdefgh') {
        const file = bronze.getFileClient('f');
        await file.create();
        await file.append(Buffer.alloc(size, letter), 0, size);
        await file.flush(size);
      }
    })();
    const seen: string[] = [];
    for (let i = 0; i < 25; i++) seen.push(await text((await bronze.getFileClient('f').read()).readableStreamBody));
    await writing;
    expect(seen.every((content) => content === '' || (content.length === size && new Set(content).size === 1))).toBe(
      true,
    );
  });
});

describe('moves', () => {
  test('take files, directories with all that is in them, and other filesystems', async () => {
    await put('d/e/f', '1');
    await put('d/g', '2');
    await bronze.getFileClient('d/g').move('d/h');
    expect(await names()).toEqual(['d/', 'd/e/', 'd/e/f', 'd/h']);
    await bronze.getDirectoryClient('d').move('n');
    expect(await names()).toEqual(['n/', 'n/e/', 'n/e/f', 'n/h']);
    const other = `${bronze.name}-other`;
    await harness.service.getFileSystemClient(other).create();
    await bronze.getFileClient('n/h').move(other, 'h');
    expect(await refusal(() => bronze.getFileClient('n/h').read())).toEqual([404, 'BlobNotFound']);
    expect((await harness.service.getFileSystemClient(other).getFileClient('h').readToBuffer()).toString()).toBe('2');
  });

  test('are refused where they lead nowhere', async () => {
    await put('d/f');
    await put('e/f');
    const cases: [() => Promise<unknown>, unknown][] = [
      [() => bronze.getFileClient('nothing').move('x'), [404, 'SourcePathNotFound']],
      [() => bronze.getFileClient('d/f').move('no/such/place'), [404, 'RenameDestinationParentPathNotFound']],
      [() => bronze.getDirectoryClient('d').move('d/sub'), [409, 'InvalidRenameSourcePath']],
      [() => bronze.getFileClient('d/f').move('e'), [409, 'InvalidSourceOrDestinationResourceType']],
      [() => bronze.getDirectoryClient('d').move('e'), [409, 'DirectoryNotEmpty']],
      [() => bronze.getFileClient('d/f').move('g', { conditions: { ifMatch: '"x"' } }), [412, 'SourceConditionNotMet']],
    ];
    for (const [call, expected] of cases) expect(await refusal(call)).toEqual(expected);
    expect(await names()).toEqual(['d/', 'd/f', 'e/', 'e/f']);
  });
});

describe('listings', () => {
  test('page through any tree without loss or repetition', async () => {
    const paths = ['a', 'a-b', 'a/b', 'a/b/c', 'a.b/c', 'ab', 'b/ä', 'b/z', 'c d/e%f', 'z'].filter(
      (path) => path !== 'a' && path !== 'a/b',
    );
    for (const path of paths) await put(path);
    const whole = await names();
    expect(whole.filter((name) => !name.endsWith('/')).sort()).toEqual([...paths].sort());
    for (const maxPageSize of [1, 2, 3, 5]) {
      const pages = await collect(bronze.listPaths({ recursive: true }).byPage({ maxPageSize }));
      expect(
        pages.flatMap((page) => page.pathItems!.map((item) => `${item.name}${item.isDirectory ? '/' : ''}`)),
      ).toEqual(whole);
      expect(pages.every((page) => page.pathItems!.length <= maxPageSize)).toBe(true);
    }
    const below = await collect(bronze.listPaths({ path: 'a', recursive: true }).byPage({ maxPageSize: 1 }));
    expect(below.map((page) => page.pathItems![0]!.name)).toEqual(['a/b', 'a/b/c']);
    expect(await names({ path: 'a' })).toEqual(['a/b/']);
    expect(await refusal(() => names({ path: 'nothing' }))).toEqual([404, 'PathNotFound']);
  });

  test('show what another program did to the folder', async () => {
    const folder = join(harness.root, bronze.name);
    await put('f', 'ours');
    const { etag } = await bronze.getFileClient('f').getProperties();
    await writeFile(join(folder, 'f'), 'theirs!');
    expect(await read('f')).toBe('theirs!');
    expect((await bronze.getFileClient('f').getProperties()).etag).not.toBe(etag);
    await writeFile(join(folder, 'new'), 'n');
    await rename(join(folder, 'f'), join(folder, 'g'));
    expect(await names()).toEqual(['g', 'new']);
  });
});

describe('links', () => {
  test('are neither listed, read, written through nor deleted through', async () => {
    const folder = join(harness.root, bronze.name);
    const outside = join(harness.root, '..', `outside-${bronze.name}`);
    await mkdir(outside);
    await writeFile(join(outside, 'secret'), 'secret');
    await symlink(outside, join(folder, 'link'));
    await symlink(join(outside, 'secret'), join(folder, 'file'));
    expect(await names()).toEqual([]);
    const cases: [() => Promise<unknown>, unknown][] = [
      [() => bronze.getFileClient('link/secret').read(), [409, 'PathConflict']],
      [() => bronze.getFileClient('file').read(), [404, 'BlobNotFound']],
      [() => bronze.getFileClient('link/new').create(), [409, 'PathConflict']],
      [() => bronze.getDirectoryClient('link').delete(true), [404, 'PathNotFound']],
    ];
    for (const [call, expected] of cases) expect(await refusal(call)).toEqual(expected);
    await put('file', 'ours');
    expect(await readdir(outside)).toEqual(['secret']);
    expect(await readFile(join(outside, 'secret'), 'utf8')).toBe('secret');
  });
});

describe('deletions', () => {
  test('take a directory with all that is in it', async () => {
    await put('d/e/f');
    await bronze.getDirectoryClient('d').delete(true);
    expect(await names()).toEqual([]);
    expect((await bronze.getFileClient('d/e/f').deleteIfExists()).succeeded).toBe(false);
    const staged = await readdir(join(harness.root, '.data-lake', 'staging'));
    expect(staged).toEqual([]);
  });
});

describe('leases', () => {
  test('keep others from writing until they are released', async () => {
    await put('f');
    const file = bronze.getFileClient('f');
    const lease = file.getDataLakeLeaseClient();
    const { leaseId } = await lease.acquireLease(15);
    expect(await file.getProperties()).toMatchObject({
      leaseState: 'leased',
      leaseStatus: 'locked',
      leaseDuration: 'fixed',
    });
    expect(await refusal(() => file.setMetadata({ a: '1' }))).toEqual([412, 'LeaseIdMissing']);
    expect(await refusal(() => file.delete())).toEqual([412, 'LeaseIdMissing']);
    expect(await refusal(() => file.getDataLakeLeaseClient().acquireLease(15))).toEqual([409, 'LeaseAlreadyPresent']);
    await file.setMetadata({ a: '1' }, { conditions: { leaseId: leaseId! } });
    await lease.renewLease();
    harness.clock.now = new Date(Date.now() + 60_000);
    expect((await file.getProperties()).leaseState).toBe('expired');
    harness.clock.now = undefined;
    expect((await lease.breakLease(0)).leaseTime).toBe(0);
    expect((await file.getProperties()).leaseState).toBe('broken');
    await lease.releaseLease();
    expect((await file.getProperties()).leaseState).toBe('available');
    await file.delete();
  });
});

describe('access control', () => {
  test('is kept, changed recursively, and given at creation', async () => {
    await bronze.getFileClient('d/f').create({ permissions: '0777', umask: '0027' });
    expect((await bronze.getFileClient('d/f').getAccessControl()).permissions).toMatchObject({
      owner: { read: true, write: true, execute: true },
      group: { read: true, write: false, execute: true },
      other: { read: false },
    });
    const counters = await bronze.getDirectoryClient('d').updateAccessControlRecursive([
      {
        accessControlType: 'user',
        entityId: 'me',
        defaultScope: false,
        permissions: { read: true, write: true, execute: true },
      },
    ]);
    expect(counters.counters).toMatchObject({
      changedDirectoriesCount: 1,
      changedFilesCount: 1,
      failedChangesCount: 0,
    });
    expect((await bronze.getFileClient('d/f').getAccessControl()).acl).toHaveLength(4);
    await bronze
      .getFileClient('d/f')
      .removeAccessControlRecursive([{ accessControlType: 'user', entityId: 'me', defaultScope: false }]);
    expect((await bronze.getFileClient('d/f').getAccessControl()).acl).toHaveLength(3);
    await bronze.getFileClient('d/f').setPermissions({
      owner: { read: true, write: false, execute: false },
      group: { read: true, write: false, execute: false },
      other: { read: true, write: false, execute: false },
      stickyBit: false,
      extendedAcls: false,
    });
    const [listed] = await collect(bronze.listPaths({ path: 'd' }));
    expect(listed?.permissions).toMatchObject({ owner: { write: false }, other: { read: true } });
  });
});
