import { notImplemented } from '../errors.ts';
import { blobBatch } from './blob-batch.ts';
import { blobAbortCopy, blobCopy, blobPutFromUrl } from './blob-copy.ts';
import { blobDelete } from './blob-delete.ts';
import { blobGet } from './blob-get.ts';
import { blobGetBlockList } from './blob-get-block-list.ts';
import { blobGetMetadata, blobGetProperties } from './blob-get-properties.ts';
import { blobPut } from './blob-put.ts';
import { blobPutBlock, blobPutBlockFromUrl } from './blob-put-block.ts';
import { blobPutBlockList } from './blob-put-block-list.ts';
import { blobSetMetadata, blobSetProperties } from './blob-set-properties.ts';
import type { Call } from './call.ts';
import { getContainerAcl, getContainerProperties, setContainerMetadata } from './container-properties.ts';
import { createContainer } from './create-container.ts';
import { deleteContainer } from './delete-container.ts';
import { getAccountInformation } from './get-account-information.ts';
import { lease } from './lease.ts';
import { listBlobs } from './list-blobs.ts';
import { filesystemList, listContainers } from './list-containers.ts';
import type { Operation } from './operation.ts';
import { pathCreate } from './path-create.ts';
import { pathDelete } from './path-delete.ts';
import { pathGetProperties } from './path-get-properties.ts';
import { pathList } from './path-list.ts';
import { pathRename } from './path-rename.ts';
import { pathUpdateAppend } from './path-update-append.ts';
import { pathUpdateFlush } from './path-update-flush.ts';
import { pathUpdateSetAccessControl } from './path-update-set-access-control.ts';
import { pathUpdateSetAccessControlRecursive } from './path-update-set-access-control-recursive.ts';
import { pathUpdateSetProperties } from './path-update-set-properties.ts';

type Level = 'service' | 'filesystem' | 'path';

interface Route {
  readonly method: string;
  readonly level: Level;
  /** The parameters that tell operations apart, as they have to be. */
  readonly query: Readonly<Record<string, string>>;
  /** Headers that have to be there. */
  readonly headers?: readonly string[];
  readonly api?: Call['api'];
  readonly operation: Operation;
}

const discriminators = ['action', 'comp', 'resource', 'restype'] as const;

const route = (
  method: string,
  level: Level,
  query: Readonly<Record<string, string>>,
  operation: Operation,
  condition: Pick<Route, 'headers' | 'api'> = {},
): Route => ({ method, level, query, operation, ...condition });

const container = { restype: 'container' };
const filesystem = { resource: 'filesystem' };

const routes: readonly Route[] = [
  route('GET', 'service', { comp: 'list' }, listContainers),
  route('GET', 'service', { resource: 'account' }, filesystemList),
  route('POST', 'service', { comp: 'batch' }, blobBatch),
  // JavaScript's client takes the account of a path-style URL for a container.
  route('POST', 'service', { ...container, comp: 'batch' }, blobBatch),
  route('POST', 'filesystem', { ...container, comp: 'batch' }, blobBatch),
  ...['GET', 'HEAD'].flatMap((method) =>
    (['service', 'filesystem', 'path'] as const).map((level) =>
      route(method, level, { restype: 'account', comp: 'properties' }, getAccountInformation),
    ),
  ),

  route('PUT', 'filesystem', container, createContainer),
  route('PUT', 'filesystem', filesystem, createContainer),
  route('DELETE', 'filesystem', container, deleteContainer),
  route('DELETE', 'filesystem', filesystem, deleteContainer),
  ...['GET', 'HEAD'].flatMap((method) => [
    route(method, 'filesystem', container, getContainerProperties),
    route(method, 'filesystem', { ...container, comp: 'metadata' }, getContainerProperties),
    route(method, 'filesystem', { ...container, comp: 'acl' }, getContainerAcl),
  ]),
  route('HEAD', 'filesystem', filesystem, getContainerProperties),
  route('PUT', 'filesystem', { ...container, comp: 'metadata' }, setContainerMetadata),
  route('PATCH', 'filesystem', filesystem, setContainerMetadata),
  route('PUT', 'filesystem', { ...container, comp: 'lease' }, lease),
  route('GET', 'filesystem', { ...container, comp: 'list' }, listBlobs),
  route('GET', 'filesystem', filesystem, pathList),
  // The root of a filesystem is a directory with access control of its own.
  route('HEAD', 'filesystem', { action: 'getaccesscontrol' }, pathGetProperties),
  route('HEAD', 'filesystem', { action: 'getstatus' }, pathGetProperties),
  route('PATCH', 'filesystem', { action: 'setaccesscontrol' }, pathUpdateSetAccessControl),
  route('PATCH', 'filesystem', { action: 'setaccesscontrolrecursive' }, pathUpdateSetAccessControlRecursive),

  route('PUT', 'path', {}, pathRename, { headers: ['x-ms-rename-source'] }),
  route('PUT', 'path', { resource: 'file' }, pathCreate),
  route('PUT', 'path', { resource: 'directory' }, pathCreate),
  route('PATCH', 'path', { action: 'append' }, pathUpdateAppend),
  route('PATCH', 'path', { action: 'flush' }, pathUpdateFlush),
  route('PATCH', 'path', { action: 'setproperties' }, pathUpdateSetProperties),
  route('PATCH', 'path', { action: 'setaccesscontrol' }, pathUpdateSetAccessControl),
  route('PATCH', 'path', { action: 'setaccesscontrolrecursive' }, pathUpdateSetAccessControlRecursive),
  route('HEAD', 'path', { action: 'getaccesscontrol' }, pathGetProperties),
  route('HEAD', 'path', { action: 'getstatus' }, pathGetProperties),
  route('POST', 'path', {}, lease, { headers: ['x-ms-lease-action'] }),
  route('DELETE', 'path', {}, pathDelete, { api: 'dfs' }),

  route('PUT', 'path', {}, blobPutFromUrl, { headers: ['x-ms-copy-source', 'x-ms-blob-type'] }),
  route('PUT', 'path', {}, blobCopy, { headers: ['x-ms-copy-source'] }),
  route('PUT', 'path', { comp: 'copy' }, blobAbortCopy),
  route('PUT', 'path', {}, blobPut),
  route('PUT', 'path', { comp: 'block' }, blobPutBlockFromUrl, { headers: ['x-ms-copy-source'] }),
  route('PUT', 'path', { comp: 'block' }, blobPutBlock),
  route('PUT', 'path', { comp: 'blocklist' }, blobPutBlockList),
  route('PUT', 'path', { comp: 'metadata' }, blobSetMetadata),
  route('PUT', 'path', { comp: 'properties' }, blobSetProperties),
  route('PUT', 'path', { comp: 'lease' }, lease),
  route('GET', 'path', {}, blobGet),
  route('HEAD', 'path', {}, blobGetProperties),
  route('GET', 'path', { comp: 'metadata' }, blobGetMetadata),
  route('HEAD', 'path', { comp: 'metadata' }, blobGetMetadata),
  route('GET', 'path', { comp: 'blocklist' }, blobGetBlockList),
  route('DELETE', 'path', {}, blobDelete),
];

/** Every query parameter that an operation here, or authorization, takes into account, or may leave aside (timeout, upn, close). */
const parameters: ReadonlySet<string> = new Set([
  ...discriminators,
  ...['timeout', 'upn', 'close', 'include', 'paginated', 'forceflag'],
  ...['prefix', 'marker', 'maxresults', 'delimiter', 'showonly', 'startfrom', 'beginfrom'],
  ...['directory', 'recursive', 'continuation', 'mode', 'maxrecords', 'blockid', 'blocklisttype', 'copyid'],
  ...['position', 'flush', 'retainuncommitteddata'],
  ...['sv', 'ss', 'srt', 'sr', 'sp', 'st', 'se', 'sip', 'spr', 'sig', 'si', 'ses', 'sdd', 'skoid'],
  ...['rscc', 'rscd', 'rsce', 'rscl', 'rsct'],
]);

/** Request headers that ask for what is not here; to leave them aside would be to say yes. */
const refusedHeaders = [
  ...['x-ms-tags', 'x-ms-if-tags', 'x-ms-source-if-tags', 'x-ms-encryption-key', 'x-ms-encryption-scope'],
  ...['x-ms-immutability-policy-until-date', 'x-ms-legal-hold'],
];

export const levelOf = (call: Pick<Call, 'filesystem' | 'path'>): Level =>
  call.filesystem === '' ? 'service' : call.path === '' ? 'filesystem' : 'path';

/** @throws StorageError NotImplemented, naming the request's kind. */
export function findOperation(call: Call): Operation {
  const level = levelOf(call);
  const given = discriminators.map((name) => [name, call.query.get(name)?.toLowerCase()] as const);
  const found = routes.find(
    (candidate) =>
      candidate.method === call.method &&
      candidate.level === level &&
      given.every(([name, value]) => candidate.query[name] === value) &&
      (candidate.headers ?? []).every((name) => call.headers[name] !== undefined) &&
      (candidate.api === undefined || candidate.api === call.api),
  );
  // A parameter that nobody looks at would be an answer to another question.
  const unknown = [...call.query.keys()].filter((name) => !parameters.has(name.toLowerCase()));
  if (found === undefined || unknown.length > 0) {
    const query = [...given.flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`])), ...unknown];
    throw notImplemented(`${call.method} on a ${level}${query.length > 0 ? ` with ${query.join('&')}` : ''}`);
  }
  const refused = refusedHeaders.find((name) => call.headers[name] !== undefined);
  if (refused !== undefined) throw notImplemented(`the request header ${refused}`);
  const tier = call.headers['x-ms-access-tier'];
  if (tier !== undefined && tier !== 'Hot') throw notImplemented(`the access tier ${String(tier)}: all is Hot`);
  return found.operation;
}
