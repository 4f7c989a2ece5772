import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import {
  AccountSASPermissions,
  AccountSASResourceTypes,
  AccountSASServices,
  generateAccountSASQueryParameters,
} from '@azure/storage-file-datalake';
import { credential, type Harness, startHarness } from '../harness.ts';

/** The Blob API by hand: what its clients send, and the answers to what they never would. */

let harness: Harness;
let sas: string;

beforeAll(async () => {
  harness = await startHarness();
  sas = generateAccountSASQueryParameters(
    {
      permissions: AccountSASPermissions.parse('rwdlac'),
      resourceTypes: AccountSASResourceTypes.parse('sco').toString(),
      services: AccountSASServices.parse('b').toString(),
      expiresOn: new Date(Date.now() + 3_600_000),
    },
    credential,
  ).toString();
  await send('PUT', '/blobs?restype=container');
});
afterAll(() => harness.close());

type Headers = Record<string, string>;

async function send(method: string, path: string, headers: Headers = {}, body?: string): Promise<Response> {
  const url = `${harness.lake.url}${path}${path.includes('?') ? '&' : '?'}${sas}`;
  return fetch(url, { method, headers, ...(body === undefined ? {} : { body }) });
}

const put = (path: string, body: string, headers: Headers = {}) =>
  send('PUT', path, { 'x-ms-blob-type': 'BlockBlob', ...headers }, body);
const outcome = (response: Response): unknown => [response.status, response.headers.get('x-ms-error-code')];
const md5 = (content: string): string => createHash('md5').update(content).digest('base64');

test('a blob is put, read and told of', async () => {
  const written = await put('/blobs/a/b.txt', 'hello', { 'content-type': 'text/plain', 'x-ms-meta-Source': 'shop' });
  expect([written.status, written.headers.get('content-md5')]).toEqual([201, md5('hello')]);
  const read = await send('GET', '/blobs/a/b.txt');
  expect(await read.text()).toBe('hello');
  for (const response of [read, await send('HEAD', '/blobs/a/b.txt')])
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/plain',
      'content-length': '5',
      'content-md5': md5('hello'),
      'x-ms-meta-source': 'shop',
      'x-ms-blob-type': 'BlockBlob',
      'x-ms-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
      'x-ms-version': expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
      etag: written.headers.get('etag'),
      'last-modified': written.headers.get('last-modified'),
    });
});

test.each([
  ['bytes=1-3', 206, 'ell', 'bytes 1-3/5'],
  ['bytes=3-', 206, 'lo', 'bytes 3-4/5'],
  ['bytes=3-99', 206, 'lo', 'bytes 3-4/5'],
  ['bytes=5-', 416, 'InvalidRange', 'bytes */5'],
  ['bytes=3-1', 400, 'InvalidHeaderValue', null],
  ['lines=1-2', 400, 'InvalidHeaderValue', null],
])('range %s', async (range, status, content, contentRange) => {
  await put('/blobs/range', 'hello');
  const response = await send('GET', '/blobs/range', { 'x-ms-range': range });
  expect([response.status, response.headers.get('content-range')]).toEqual([status, contentRange]);
  expect(status === 206 ? await response.text() : response.headers.get('x-ms-error-code')).toBe(content);
});

test('what arrives damaged is refused and leaves nothing', async () => {
  expect(outcome(await put('/blobs/damaged', 'x', { 'content-md5': md5('y') }))).toEqual([400, 'Md5Mismatch']);
  expect(outcome(await put('/blobs/damaged', 'x', { 'x-ms-blob-content-md5': md5('y') }))).toEqual([
    400,
    'Md5Mismatch',
  ]);
  expect(outcome(await put('/blobs/damaged', 'x', { 'content-md5': 'short' }))).toEqual([400, 'InvalidMd5']);
  expect(outcome(await send('GET', '/blobs/damaged'))).toEqual([404, 'BlobNotFound']);
  expect((await put('/blobs/damaged', 'x', { 'content-md5': md5('x') })).status).toBe(201);
  expect(await readdir(join(harness.root, '.data-lake', 'staging'))).toEqual([]);
});

test('an upload that breaks off leaves nothing', async () => {
  const { port } = harness.lake;
  const ca = readFileSync(harness.entra.certificate.caFile);
  await new Promise<void>((resolve) => {
    const upload = request({
      ...{ host: '127.0.0.1', port, ca, method: 'PUT', path: `/lake/blobs/half?${sas}`, agent: false },
      headers: { 'x-ms-blob-type': 'BlockBlob', 'content-length': 1_000_000 },
    });
    upload.on('error', () => resolve());
    upload.write(Buffer.alloc(200_000), () => setTimeout(() => upload.destroy(), 50));
    upload.on('close', () => resolve());
  });
  expect(outcome(await send('GET', '/blobs/half'))).toEqual([404, 'BlobNotFound']);
});

test('of twenty that put one blob if it is absent, one wins', async () => {
  const responses = await Promise.all(
    Array.from({ length: 20 }, (_, index) => put('/blobs/race', `${index}`, { 'if-none-match': '*' })),
  );
  const winner = responses.findIndex(({ status }) => status === 201);
  expect(responses.filter(({ status }) => status === 201)).toHaveLength(1);
  expect(responses.filter((response) => response.headers.get('x-ms-error-code') === 'BlobAlreadyExists')).toHaveLength(
    19,
  );
  expect(await (await send('GET', '/blobs/race')).text()).toBe(`${winner}`);
});

describe('blocks', () => {
  const id = (name: string): string => Buffer.from(name).toString('base64');
  const block = (name: string, content: string) =>
    send('PUT', `/blobs/blocks?comp=block&blockid=${encodeURIComponent(id(name))}`, {}, content);
  const commit = (...items: readonly (readonly [string, string])[]) =>
    send(
      'PUT',
      '/blobs/blocks?comp=blocklist',
      {},
      `<?xml version="1.0"?><BlockList>${items.map(([from, name]) => `<${from}>${id(name)}</${from}>`).join('')}</BlockList>`,
    );

  test('make a blob when they are committed, in the order of the list', async () => {
    await block('1', 'one ');
    await block('2', 'two ');
    expect(outcome(await send('GET', '/blobs/blocks'))).toEqual([404, 'BlobNotFound']);
    expect((await commit(['Latest', '2'], ['Uncommitted', '1'])).status).toBe(201);
    expect(await (await send('GET', '/blobs/blocks')).text()).toBe('two one ');

    await block('3', 'three ');
    const listed = await (await send('GET', '/blobs/blocks?comp=blocklist&blocklisttype=all')).text();
    expect(listed).toContain(`<CommittedBlocks><Block><Name>${id('2')}</Name><Size>4</Size></Block>`);
    expect(listed).toContain(`<UncommittedBlocks><Block><Name>${id('3')}</Name><Size>6</Size></Block>`);
    expect((await commit(['Committed', '1'], ['Latest', '3'])).status).toBe(201);
    expect(await (await send('GET', '/blobs/blocks')).text()).toBe('one three ');
    expect(outcome(await commit(['Latest', '2']))).toEqual([400, 'InvalidBlockList']);
    expect(await (await send('GET', '/blobs/blocks')).text()).toBe('one three ');
  });

  test('are refused when they are none', async () => {
    expect(outcome(await send('PUT', '/blobs/b?comp=block&blockid=%21', {}, 'x'))).toEqual([400, 'InvalidBlockId']);
    expect(outcome(await send('PUT', '/blobs/b?comp=blocklist', {}, '<BlockList><Evil/></BlockList>'))).toEqual([
      400,
      'InvalidXmlDocument',
    ]);
  });
});

describe('listings', () => {
  const values = (xml: string, name: string): string[] =>
    [...xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map(([, value]) => value ?? '');
  const list = async (query: string): Promise<string> =>
    (await send('GET', `/list?restype=container&comp=list${query}`)).text();

  beforeAll(async () => {
    await send('PUT', '/list?restype=container');
    for (const name of ['a/1', 'a/2', 'a/b/3', 'ab', 'log/01', 'log/02', 'log/03', '%3Ctag%3E%26'])
      await put(`/list/${name}`, name);
  });

  test.each([
    ['', ['<tag>&', 'a', 'a/1', 'a/2', 'a/b', 'a/b/3', 'ab', 'log', 'log/01', 'log/02', 'log/03']],
    ['&delimiter=/', ['<tag>&', 'a/', 'ab', 'log/']],
    ['&delimiter=/&prefix=a/', ['a/1', 'a/2', 'a/b/']],
    ['&prefix=a', ['a', 'a/1', 'a/2', 'a/b', 'a/b/3', 'ab']],
    ['&prefix=log/0', ['log/01', 'log/02', 'log/03']],
    ['&prefix=log/&startFrom=log/02', ['log/02', 'log/03']],
    ['&prefix=log/&startFrom=log/015', ['log/02', 'log/03']],
    ['&prefix=log/&startFrom=z', []],
    ['&prefix=nothing/', []],
    ['&showonly=files&prefix=a/', ['a/1', 'a/2', 'a/b/3']],
  ])('%s', async (query, expected) => {
    const decoded = (text: string) => text.replace('&lt;', '<').replace('&gt;', '>').replace('&amp;', '&');
    expect(values(await list(query), 'Name').map(decoded)).toEqual(expected);
  });

  test('come in pages', async () => {
    const seen: string[] = [];
    let marker = '';
    do {
      const page = await list(`&maxresults=2&marker=${marker}`);
      expect(values(page, 'Name').length).toBeLessThanOrEqual(2);
      seen.push(...values(page, 'Name'));
      marker = values(page, 'NextMarker')[0] ?? '';
    } while (marker !== '');
    expect(seen).toEqual(values(await list(''), 'Name'));
  });

  test('tell directories from files', async () => {
    expect(values(await list('&include=metadata&prefix=a/b'), 'ResourceType')).toEqual(['directory', 'file']);
    expect(values(await list('&include=metadata&prefix=a/b'), 'hdi_isfolder')).toEqual(['true']);
  });
});

test('a folder mark makes a directory, and a directory is deleted only when it is empty', async () => {
  await put('/blobs/folder', '', { 'x-ms-meta-hdi_isfolder': 'true' });
  expect((await send('HEAD', '/blobs/folder')).headers.get('x-ms-resource-type')).toBe('directory');
  await put('/blobs/folder/f', 'x');
  expect(outcome(await send('DELETE', '/blobs/folder'))).toEqual([409, 'DirectoryIsNotEmpty']);
  expect((await send('DELETE', '/blobs/folder/f')).status).toBe(202);
  expect((await send('DELETE', '/blobs/folder')).status).toBe(202);
  expect(outcome(await put('/blobs', 'x'))).toEqual([501, 'NotImplemented']);
});

test('a copy takes content, headers and metadata along', async () => {
  await put('/blobs/source', 'copied', { 'content-type': 'a/b', 'x-ms-meta-k': 'v' });
  const copy = await send('PUT', '/blobs/copy', { 'x-ms-copy-source': `${harness.lake.url}/blobs/source` });
  expect([copy.status, copy.headers.get('x-ms-copy-status')]).toEqual([202, 'success']);
  const read = await send('GET', '/blobs/copy');
  expect([await read.text(), read.headers.get('content-type'), read.headers.get('x-ms-meta-k')]).toEqual([
    'copied',
    'a/b',
    'v',
  ]);
  const gone = await send('PUT', '/blobs/copy', { 'x-ms-copy-source': `${harness.lake.url}/blobs/nothing` });
  expect(outcome(gone)).toEqual([404, 'CannotVerifyCopySource']);
});

describe('from a URL', () => {
  const from = (path: string): Headers => ({ 'x-ms-copy-source': `${harness.lake.url}${path}` });

  test.each([
    ['true', 'text/plain'],
    ['false', 'application/octet-stream'],
  ])('a blob is put, with the content headers of its source: %s', async (own, contentType) => {
    await put('/blobs/source', 'content', { 'content-type': 'text/plain', 'x-ms-meta-a': 'b' });
    const made = await put('/blobs/put', '', { ...from('/blobs/source'), 'x-ms-copy-source-blob-properties': own });
    expect([made.status, made.headers.get('content-md5')]).toEqual([201, md5('content')]);
    expect(made.headers.has('x-ms-copy-id')).toBe(false);
    const read = await send('GET', '/blobs/put');
    expect([await read.text(), read.headers.get('content-type')]).toEqual(['content', contentType]);
    expect(read.headers.has('x-ms-meta-a')).toBe(false);
  });

  test('blocks are put, whole or a range of the source', async () => {
    await put('/blobs/source', 'content');
    const block = (name: string, headers: Headers) =>
      send('PUT', `/blobs/parts?comp=block&blockid=${name}`, { ...from('/blobs/source'), ...headers });
    expect((await block('AAAA', { 'x-ms-source-range': 'bytes=3-' })).status).toBe(201);
    expect((await block('BBBB', {})).status).toBe(201);
    expect(outcome(await block('CCCC', { 'x-ms-source-range': 'bytes=7-8' }))).toEqual([416, 'InvalidRange']);
    const list = '<BlockList><Latest>AAAA</Latest><Latest>BBBB</Latest></BlockList>';
    await send('PUT', '/blobs/parts?comp=blocklist', {}, list);
    expect(await (await send('GET', '/blobs/parts')).text()).toBe('tentcontent');
  });

  test('what is damaged, or not there, is not put', async () => {
    await put('/blobs/source', 'content');
    const damaged = await put('/blobs/no', '', { ...from('/blobs/source'), 'x-ms-source-content-md5': md5('other') });
    expect(outcome(damaged)).toEqual([400, 'Md5Mismatch']);
    expect(outcome(await put('/blobs/no', '', from('/blobs/nothing')))).toEqual([404, 'CannotVerifyCopySource']);
    expect(outcome(await send('GET', '/blobs/no'))).toEqual([404, 'BlobNotFound']);
  });

  test('no copy is ever pending', async () => {
    await put('/blobs/source', 'content');
    const abort = { 'x-ms-copy-action': 'abort' };
    expect(outcome(await send('PUT', '/blobs/source?comp=copy&copyid=1', abort))).toEqual([
      409,
      'NoPendingCopyOperation',
    ]);
    expect(outcome(await send('PUT', '/blobs/none?comp=copy&copyid=1', abort))).toEqual([404, 'BlobNotFound']);
  });
});

test.each([
  ['x-ms-tags', 'a=b'],
  ['x-ms-access-tier', 'Cool'],
  ['x-ms-encryption-scope', 'own'],
])('what %s asks for is refused, not left aside', async (name, value) => {
  const response = await put('/blobs/asking', 'x', { [name]: value });
  expect(outcome(response)).toEqual([501, 'NotImplemented']);
  expect(outcome(await send('HEAD', '/blobs/asking'))).toEqual([404, 'BlobNotFound']);
});

test('a batch of deletions answers each of them', async () => {
  await put('/blobs/batch/1', 'x');
  const part = (id: number, line: string) =>
    `--b1\r\nContent-Type: application/http\r\nContent-ID: ${id}\r\n\r\n${line} HTTP/1.1\r\nContent-Length: 0\r\n\r\n`;
  const body = [
    part(0, `DELETE /blobs/batch/1?${sas}`),
    part(1, `DELETE /lake/blobs/batch/2?${sas}`),
    part(2, 'DELETE /blobs/range'),
    part(3, `PUT /blobs/range?comp=tier&${sas}`),
    '--b1--',
  ].join('');
  const response = await send('POST', '/?comp=batch', { 'content-type': 'multipart/mixed; boundary=b1' }, body);
  expect(response.status).toBe(202);
  const answers = await response.text();
  expect([...answers.matchAll(/Content-ID: (\d)\s+HTTP\/1\.1 (\d+)/g)].map(([, id, status]) => [id, status])).toEqual([
    ['0', '202'],
    ['1', '404'],
    ['2', '401'],
    ['3', '501'],
  ]);
  expect(outcome(await send('HEAD', '/blobs/batch/1'))).toEqual([404, 'BlobNotFound']);
});

test('below a file there is nothing, and nothing can be put there', async () => {
  await put('/blobs/plain', 'x');
  expect(outcome(await send('HEAD', '/blobs/plain/a/b'))).toEqual([404, 'BlobNotFound']);
  expect(outcome(await put('/blobs/plain/a/b', 'x'))).toEqual([409, 'PathConflict']);
});

test('metadata that no header can carry is refused', async () => {
  expect(outcome(await put('/blobs/meta', 'x', { 'x-ms-meta-not-a-name': '1' }))).toEqual([400, 'InvalidMetadata']);
  const properties = `k=${Buffer.from('\u4e2d').toString('base64')}`;
  expect(outcome(await send('PUT', '/blobs/meta?resource=file', { 'x-ms-properties': properties }))).toEqual([
    400,
    'InvalidMetadata',
  ]);
});

test('properties that tell of content are dropped when another program writes it', async () => {
  await put('/blobs/file', 'ours', { 'x-ms-meta-k': 'v' });
  await writeFile(join(harness.root, 'blobs', 'file'), 'theirs');
  const read = await send('GET', '/blobs/file');
  expect([await read.text(), read.headers.get('content-md5'), read.headers.get('x-ms-meta-k')]).toEqual([
    'theirs',
    null,
    'v',
  ]);
});

test.each([
  ['/blobs/../../etc/passwd', 400, 'InvalidUri'],
  ['/blobs/%2e%2e/%2e%2e/secret', 400, 'InvalidUri'],
  ['/blobs/..%2f..%2fsecret', 400, 'InvalidUri'],
  ['/blobs/a%5c..%5c..%5csecret', 400, 'InvalidUri'],
  ['/blobs/a%00b', 400, 'InvalidUri'],
  ['/blobs/a%0ab', 400, 'InvalidUri'],
  ['/blobs/%ff', 400, 'InvalidUri'],
  ['/.data-lake/properties.jsonl', 400, 'InvalidResourceName'],
  ['/../lake/blobs', 400, 'InvalidResourceName'],
])('%s leads nowhere', async (path, status, code) => {
  // fetch would tidy the path up before it is sent.
  const ca = readFileSync(harness.entra.certificate.caFile);
  const { port } = harness.lake;
  const given = await new Promise((resolve, reject) =>
    request({ host: '127.0.0.1', port, ca, path: `/lake${path}?${sas}`, agent: false }, (response) =>
      resolve([response.resume().statusCode, response.headers['x-ms-error-code']]),
    )
      .on('error', reject)
      .end(),
  );
  expect(given).toEqual([status, code]);
});

test.each([
  ['PUT', '/blobs/x?comp=tags', 'PUT on a path with comp=tags'],
  ['PUT', '/blobs/x?comp=tier', 'PUT on a path with comp=tier'],
  ['GET', '/blobs/x?snapshot=2026-01-01T00:00:00Z', 'GET on a path with snapshot'],
  ['GET', '/blobs?restype=container&comp=list&newthing=1', 'newthing'],
  ['POST', '/?restype=service&comp=userdelegationkey', 'comp=userdelegationkey'],
])('%s %s is not implemented, and says so', async (method, path, words) => {
  const response = await send(method, path, {}, method === 'GET' ? undefined : '');
  expect(outcome(response)).toEqual([501, 'NotImplemented']);
  expect(await response.text()).toContain(words);
});

test('a file that appears beside ours is found, and staging is emptied at start', async () => {
  await mkdir(join(harness.root, '.data-lake', 'staging'), { recursive: true });
  await writeFile(join(harness.root, '.data-lake', 'staging', 'left-behind'), 'x');
  harness = await harness.restart();
  expect(await readdir(join(harness.root, '.data-lake', 'staging'))).toEqual([]);
});

test.each(['/blobs/a b', '/blobs/é'])('the source of a rename is refused as it is not encoded: %s', async (source) => {
  const renamed = await send('PUT', '/blobs/renamed', { 'x-ms-rename-source': source });
  expect(outcome(renamed)).toEqual([400, 'InvalidSourceUri']);
});
