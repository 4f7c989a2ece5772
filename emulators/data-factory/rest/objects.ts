import { findKind, type ObjectKind } from '../store/object-kinds.ts';
import type { StoredObject } from '../store/object-store.ts';
import { ArmError, notImplemented } from './arm-error.ts';
import type { ArmRequest, ArmResponse, FactoryService } from './operation.ts';

/** What the operations on published objects share. */

/** Collections that the service has and this one does not: 501 for them, 404 for what is none. */
const UNKEPT: ReadonlySet<string> = new Set([
  'adfcdcs',
  'privateendpointconnections',
  'privatelinkresources',
  'managedprivateendpoints',
]);

export function kindOf(request: ArmRequest): ObjectKind {
  const kind = findKind(request.parameters['collection']!);
  if (kind === undefined) {
    const collection = request.parameters['collection']!;
    if (UNKEPT.has(collection.toLowerCase())) throw notImplemented(`factories/${collection}`);
    throw new ArmError(
      404,
      'InvalidResourceType',
      `The resource type 'factories/${request.parameters['collection']}' could not be found in the namespace 'Microsoft.DataFactory'.`,
    );
  }
  return kind;
}

export function requireObject(
  request: ArmRequest,
  service: FactoryService,
  kind: ObjectKind,
  name: string,
): StoredObject {
  const found = service.objects.get(kind, name);
  if (found !== undefined) return found;
  throw new ArmError(
    404,
    'EntityNotFound',
    'The document could not be retrieved because it does not exist.',
    request.path,
  );
}

export function present(
  service: FactoryService,
  kind: ObjectKind,
  { name, etag, properties }: StoredObject,
): Record<string, unknown> {
  return {
    id: `${service.resourceId}/${kind.collection}/${name}`,
    name,
    type: `Microsoft.DataFactory/factories/${kind.collection}`,
    properties,
    etag,
  };
}

/** `If-Match`: an etag, in quotes or without, or `*` for any that exists. @throws ArmError 412 */
export function checkIfMatch(request: ArmRequest, current: string | undefined): void {
  const wanted = request.headers['if-match'];
  if (wanted === undefined || (wanted === '*' && current !== undefined)) return;
  if (current === undefined || unquoted(wanted) !== current)
    throw new ArmError(
      412,
      'PreconditionFailed',
      'The condition specified using HTTP conditional header(s) is not met: the document has changed, or does not exist.',
      request.path,
    );
}

export function notModified(request: ArmRequest, etag: string): boolean {
  const known = request.headers['if-none-match'];
  return known !== undefined && unquoted(known) === etag;
}

function unquoted(etag: string): string {
  return etag.replace(/^(?:W\/)?"(.*)"$/, '$1');
}

/** One page of a list, with a `nextLink` to the page after it. */
export function page<T>(request: ArmRequest, service: FactoryService, entries: readonly T[]): ArmResponse {
  const skip = Number(request.query.get('$skipToken') ?? 0);
  if (!Number.isInteger(skip) || skip < 0)
    throw new ArmError(400, 'BadRequest', `The $skipToken '${request.query.get('$skipToken')}' is not valid.`);
  const next = skip + service.pageSize;
  const query = new URLSearchParams(request.query);
  query.set('$skipToken', String(next));
  return {
    status: 200,
    body: {
      value: entries.slice(skip, next),
      ...(next < entries.length ? { nextLink: `${request.origin}${request.path}?${query}` } : {}),
    },
  };
}
