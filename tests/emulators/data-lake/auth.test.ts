import {
  AccountSASPermissions,
  AccountSASResourceTypes,
  AccountSASServices,
  DataLakeSASPermissions,
  DataLakeServiceClient,
  DirectorySASPermissions,
  FileSystemSASPermissions,
  generateAccountSASQueryParameters,
  generateDataLakeSASQueryParameters,
  StorageSharedKeyCredential,
} from '@azure/storage-file-datalake';
import { account, collect, credential, type Harness, noRetries, refusal, startHarness } from './harness.ts';

let harness: Harness;
const hour = 3_600_000;
const inAnHour = (): Date => new Date(Date.now() + hour);

beforeAll(async () => {
  harness = await startHarness();
  const bronze = harness.service.getFileSystemClient('bronze');
  await bronze.create();
  for (const path of ['d/f', 'd/e/g', 'dd/f', 'f']) await bronze.getFileClient(path).upload(Buffer.from(path));
});
afterEach(() => {
  harness.clock.now = undefined;
});
afterAll(() => harness.close());

const withSas = (sas: string) => new DataLakeServiceClient(`${harness.lake.url}?${sas}`, undefined, noRetries);
const list = (service: DataLakeServiceClient) => collect(service.listFileSystems());

describe('shared key', () => {
  test('of another key or another account is refused', async () => {
    for (const [name, key] of [
      [account, 'b3RoZXI='],
      ['other', 'b3RoZXI='],
    ] as const) {
      const service = new DataLakeServiceClient(harness.lake.url, new StorageSharedKeyCredential(name, key), noRetries);
      expect(await refusal(() => list(service))).toEqual([403, 'AuthenticationFailed']);
      expect(await refusal(() => service.getFileSystemClient('bronze').getFileClient('f').delete())).toEqual([
        403,
        'AuthenticationFailed',
      ]);
    }
  });

  test('of long ago is refused', async () => {
    harness.clock.now = inAnHour();
    expect(await refusal(() => list(harness.service))).toEqual([403, 'AuthenticationFailed']);
  });

  test('signs names and values that need escaping', async () => {
    const bronze = harness.service.getFileSystemClient('bronze');
    const name = "s p/ä+&=%?#'()!*~/[x] {y}";
    await bronze.getFileClient(name).upload(Buffer.from('x'), { metadata: { a_b: '1', a: '2', ab: '3' } });
    expect((await bronze.getFileClient(name).getProperties()).metadata).toEqual({ a_b: '1', a: '2', ab: '3' });
    expect((await collect(bronze.listPaths({ path: "s p/ä+&=%?#'()!*~" }))).map((path) => path.name)).toEqual([name]);
  });
});

describe('bearer tokens', () => {
  const withToken = async (resource: string) => {
    const { token, expiresOn } = await harness.entra.tokenFor(resource);
    const provider = { getToken: async () => ({ token, expiresOnTimestamp: expiresOn * 1000 }) };
    return new DataLakeServiceClient(harness.lake.url, provider, noRetries);
  };

  test('for storage are taken', async () => {
    expect((await list(await withToken('https://storage.azure.com'))).map(({ name }) => name)).toContain('bronze');
  });

  test('for another service, and words that are none, are refused', async () => {
    const service = await withToken('https://database.windows.net');
    expect(await refusal(() => list(service))).toEqual([401, 'InvalidAuthenticationInfo']);
    const response = await fetch(`${harness.lake.url}?comp=list`, { headers: { authorization: 'Bearer nonsense' } });
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([
      401,
      expect.stringContaining('Bearer'),
    ]);
  });
});

test('without credentials there is nothing to see', async () => {
  for (const path of ['?comp=list', '/bronze?restype=container', '/bronze/f']) {
    const response = await fetch(harness.lake.url + path);
    expect([response.status, response.headers.get('x-ms-error-code')]).toEqual([401, 'NoAuthenticationInformation']);
  }
});

describe("the account's shared access signature", () => {
  const sas = (permissions: string, types = 'sco', from = new Date(Date.now() - hour), to = inAnHour()) =>
    generateAccountSASQueryParameters(
      {
        permissions: AccountSASPermissions.parse(permissions),
        resourceTypes: AccountSASResourceTypes.parse(types).toString(),
        services: AccountSASServices.parse('b').toString(),
        startsOn: from,
        expiresOn: to,
      },
      credential,
    ).toString();

  test('allows what it says', async () => {
    const service = withSas(sas('rl'));
    expect((await list(service)).length).toBeGreaterThan(0);
    expect((await service.getFileSystemClient('bronze').getFileClient('f').readToBuffer()).toString()).toBe('f');
    expect(await refusal(() => service.getFileSystemClient('new').create())).toEqual([
      403,
      'AuthorizationPermissionMismatch',
    ]);
    expect(await refusal(() => service.getFileSystemClient('bronze').getFileClient('f').delete())).toEqual([
      403,
      'AuthorizationPermissionMismatch',
    ]);
  });

  test('allows it where it says, while it says', async () => {
    expect(await refusal(() => list(withSas(sas('rl', 'o'))))).toEqual([403, 'AuthorizationResourceTypeMismatch']);
    expect(await refusal(() => list(withSas(sas('rl', 'sco', new Date(Date.now() + hour / 2)))))).toEqual([
      403,
      'AuthenticationFailed',
    ]);
    harness.clock.now = new Date(Date.now() + 2 * hour);
    expect(await refusal(() => list(withSas(sas('rl'))))).toEqual([403, 'AuthenticationFailed']);
  });

  test('may not be stretched', async () => {
    const stretched = sas('rl').replace('sp=rl', 'sp=rwdl');
    expect(await refusal(() => list(withSas(stretched)))).toEqual([403, 'AuthenticationFailed']);
  });
});

describe('a shared access signature of part of a filesystem', () => {
  const part = (pathName: string | undefined, permissions: string, isDirectory = false) => {
    const parsed =
      pathName === undefined
        ? FileSystemSASPermissions.parse(permissions)
        : isDirectory
          ? DirectorySASPermissions.parse(permissions)
          : DataLakeSASPermissions.parse(permissions);
    const values = { fileSystemName: 'bronze', pathName, isDirectory, permissions: parsed, expiresOn: inAnHour() };
    return withSas(generateDataLakeSASQueryParameters(values, credential).toString()).getFileSystemClient('bronze');
  };

  test('reaches the filesystem, and no other and no further', async () => {
    const bronze = part(undefined, 'rwl');
    expect((await collect(bronze.listPaths())).length).toBeGreaterThan(0);
    expect((await bronze.getFileClient('d/e/g').readToBuffer()).toString()).toBe('d/e/g');
    expect(await refusal(() => bronze.getFileClient('f').delete())).toEqual([403, 'AuthorizationPermissionMismatch']);
  });

  test('reaches below a directory and not beside it', async () => {
    const bronze = part('d', 'r', true);
    expect((await bronze.getFileClient('d/e/g').readToBuffer()).toString()).toBe('d/e/g');
    for (const path of ['f', 'dd/f'])
      expect(await refusal(() => bronze.getFileClient(path).read())).toEqual([403, 'AuthenticationFailed']);
    expect(await refusal(() => bronze.getFileClient('d/new').create())).toEqual([
      403,
      'AuthorizationPermissionMismatch',
    ]);
  });

  test('may move only what it may delete', async () => {
    expect(await refusal(() => part('d', 'rwc', true).getFileClient('d/f').move('d/h'))).toEqual([
      403,
      'AuthorizationPermissionMismatch',
    ]);
    await part('d', 'rwcd', true).getFileClient('d/f').move('d/h');
  });

  test('reaches one file', async () => {
    expect((await part('f', 'r').getFileClient('f').readToBuffer()).toString()).toBe('f');
    expect(await refusal(() => part('f', 'r').getFileClient('dd/f').read())).toEqual([403, 'AuthenticationFailed']);
  });
});
