import { DefaultAzureCredential, type TokenCredential } from '@azure/identity';
import { DataLakeServiceClient } from '@azure/storage-file-datalake';
import { ensureFilesystems, openLake, translateLakeError } from '../../../src/data-lake/index.ts';
import type { Environment } from '../../../src/environments/schema.ts';
import { ConfigurationError, InternalError } from '../../../src/errors.ts';
import { account, type Harness, startHarness } from '../../emulators/data-lake/harness.ts';

let harness: Harness;
const before = { ...process.env };

beforeAll(async () => {
  harness = await startHarness();
  process.env['IDENTITY_ENDPOINT'] = harness.entra.identity.endpoint;
  process.env['IDENTITY_HEADER'] = harness.entra.identity.header;
  process.env['AZURE_TOKEN_CREDENTIALS'] = 'ManagedIdentityCredential';
});
afterAll(async () => {
  process.env = before;
  await harness.close();
});

const environment = (url: string): Environment => ({ endpoints: { dataLake: { url, account } } }) as Environment;

test('the layers are created once, signed in as in Azure', async () => {
  const lake = openLake(environment(harness.lake.url), new DefaultAzureCredential());
  expect(await ensureFilesystems(lake, ['bronze'])).toEqual(['bronze']);
  expect(await ensureFilesystems(lake)).toEqual(['silver', 'gold']);
  expect(await ensureFilesystems(lake)).toEqual([]);
});

test('a name that is none, and a token for somebody else, are for the user to mend', async () => {
  const lake = openLake(environment(harness.lake.url), new DefaultAzureCredential());
  await expect(ensureFilesystems(lake, ['Not_A_Name'])).rejects.toThrow(ConfigurationError);

  const { token, expiresOn } = await harness.entra.tokenFor('https://database.windows.net');
  const other: TokenCredential = { getToken: async () => ({ token, expiresOnTimestamp: expiresOn * 1000 }) };
  await expect(ensureFilesystems(openLake(environment(harness.lake.url), other))).rejects.toThrow(
    /data lake: could not create the filesystem 'bronze' at .* the token was refused \(InvalidAuthenticationInfo\)/,
  );
});

test('a lake that is down is named', async () => {
  const credential: TokenCredential = {
    getToken: async () => ({ token: 'x', expiresOnTimestamp: Date.now() + 3_600_000 }),
  };
  const down = new DataLakeServiceClient('https://127.0.0.1:1/lake', credential, { retryOptions: { maxTries: 1 } });
  await expect(ensureFilesystems(down)).rejects.toThrow(
    /it does not answer .*127\.0\.0\.1:1.*endpoints\.dataLake\.url/,
  );
});

test.each([
  [{ code: 'SELF_SIGNED_CERT_IN_CHAIN' }, ConfigurationError, 'caCertificate'],
  [{ statusCode: 403, code: 'AuthorizationPermissionMismatch' }, ConfigurationError, 'Storage Blob Data Contributor'],
  [{ name: 'CredentialUnavailableError', message: 'none found\nmore' }, ConfigurationError, 'az login'],
  [{ statusCode: 500, code: 'InternalError', message: 'oops' }, InternalError, '500 InternalError oops'],
  [undefined, InternalError, 'could not do it at there'],
])('%j is told as it is meant', (error, kind, words) => {
  const translated = translateLakeError(error, 'do it', 'there');
  expect(translated).toBeInstanceOf(kind);
  expect(translated.message).toContain(words);
  expect(translated.cause).toBe(error);
});
