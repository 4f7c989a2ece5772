import { randomUUID } from 'node:crypto';
import { type IncomingHttpHeaders, STATUS_CODES } from 'node:http';
import { Readable } from 'node:stream';
import { invalidHeader, notImplemented, StorageError } from '../errors.ts';
import { blobDelete } from './blob-delete.ts';
import { type Call, contentLength, header, textBody } from './call.ts';
import { toAnswer } from './failure.ts';
import { parseTarget } from './names.ts';
import type { Answer, Lake, Operation } from './operation.ts';

const maximumBody = 4 * 1024 * 1024;
const maximumParts = 256;

/** https://learn.microsoft.com/rest/api/storageservices/blob-batch, of deletions: each part is signed and answered for itself. */
export const blobBatch: Operation = {
  name: 'Blob Batch',
  permissions: 'd',
  async handle(call, lake) {
    contentLength(call, maximumBody);
    const type = header(call, 'content-type') ?? '';
    const [, boundary] = /^multipart\/mixed;\s*boundary="?([^";]{1,200})"?/i.exec(type) ?? [];
    if (boundary === undefined) throw invalidHeader('Content-Type', type);
    const parts = split(await textBody(call, maximumBody), boundary);
    if (parts.length === 0 || parts.length > maximumParts)
      throw new StorageError('InvalidInput', {
        message: `The batch has ${parts.length} parts; expected 1 to ${maximumParts}.`,
      });

    const answers: string[] = [];
    for (const part of parts) {
      const requestId = randomUUID();
      const answer = await perform(call, lake, part).catch((error: unknown) =>
        toAnswer(error, 'blob', requestId, lake.clock()),
      );
      answers.push(render(part, answer, requestId, header(call, 'x-ms-version')));
    }
    const mark = `batchresponse_${randomUUID()}`;
    return {
      status: 202,
      headers: { 'content-type': `multipart/mixed; boundary=${mark}` },
      body: `${answers.map((answer) => `--${mark}\r\n${answer}`).join('')}--${mark}--\r\n`,
    };
  },
};

interface Part {
  readonly id: string | undefined;
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

function split(body: string, boundary: string): readonly Part[] {
  const sections = body.replaceAll('\r\n', '\n').split(`--${boundary}`).slice(1);
  return sections.filter((section) => !section.startsWith('--')).map(parsePart);
}

/** MIME headers, an empty line, then a request as on the wire. */
function parsePart(section: string): Part {
  const [mime = '', message = ''] = section.trimStart().split(/\n\n(.*)/s);
  const [requestLine = '', ...lines] = message.split('\n\n', 1)[0]?.split('\n') ?? [];
  const [, method = '', url = ''] = /^([A-Z]+) (\S+) HTTP\/1\.1$/.exec(requestLine.trim()) ?? [];
  if (method === '')
    throw new StorageError('InvalidInput', { message: 'A part of the batch holds no HTTP/1.1 request.' });
  return { id: /^content-id:\s*(\S+)/im.exec(mime)?.[1], method, url, headers: parseHeaders(lines) };
}

function parseHeaders(lines: readonly string[]): IncomingHttpHeaders {
  return Object.fromEntries(
    lines.flatMap((line) => {
      const colon = line.indexOf(':');
      return colon < 1 ? [] : [[line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()]];
    }),
  );
}

async function perform(outer: Call, lake: Lake, part: Part): Promise<Answer> {
  if (part.method !== 'DELETE') throw notImplemented(`${part.method} in a batch`);
  const [rawPath = '', query = ''] = part.url.split('?');
  const target = parseTarget(rawPath, lake.account, true);
  if (target.path === '') throw new StorageError('InvalidUri');
  if (outer.filesystem !== '' && outer.filesystem !== target.filesystem)
    throw new StorageError('InvalidInput', {
      message: `A batch on '${outer.filesystem}' cannot reach '${target.filesystem}'.`,
    });
  const call: Call = {
    ...target,
    api: 'blob',
    method: part.method,
    sentMethod: part.method,
    rawPath,
    query: new URLSearchParams(query),
    headers: part.headers,
    metadata: undefined,
    body: Readable.from([]),
    remoteAddress: outer.remoteAddress,
  };
  const place = { level: 'path', ...target } as const;
  const grant = await lake.authorize(call, place);
  grant.permit(place, blobDelete.permissions);
  if ((await lake.store.entry(await lake.store.at(target.filesystem, ''))) === undefined)
    throw new StorageError('ContainerNotFound');
  return blobDelete.handle(call, lake, grant);
}

function render(part: Part, answer: Answer, requestId: string, version: string | undefined): string {
  const body = typeof answer.body === 'string' ? answer.body : '';
  const headers = {
    ...answer.headers,
    'x-ms-request-id': requestId,
    'x-ms-version': version,
    'content-length': body === '' ? undefined : Buffer.byteLength(body),
  };
  return [
    'Content-Type: application/http',
    ...(part.id === undefined ? [] : [`Content-ID: ${part.id}`]),
    '',
    `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? ''}`,
    ...Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`])),
    '',
    body,
    '',
  ].join('\r\n');
}
