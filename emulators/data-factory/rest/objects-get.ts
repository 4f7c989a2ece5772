import { kindOf, notModified, present, requireObject } from './objects.ts';
import type { Operation } from './operation.ts';

export const objectsGet: Operation = (request, service) => {
  const kind = kindOf(request);
  const found = requireObject(request, service, kind, request.parameters['name']!);
  if (notModified(request, found.etag)) return { status: 304 };
  return { status: 200, headers: { etag: `"${found.etag}"` }, body: present(service, kind, found) };
};
