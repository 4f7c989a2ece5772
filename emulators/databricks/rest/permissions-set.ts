import type { Answer, Operation, Request } from './operation.ts';

/** Permissions are accepted and not kept: everyone who has a token may do everything. */
const answer = ({ path, body }: Request): Answer => ({
  object_id: `/${path['type']}/${path['id']}`,
  object_type: path['type']!.replace(/s$/, ''),
  access_control_list: body['access_control_list'] ?? [],
});

export const permissionsSet: Operation = {
  method: 'PUT',
  path: '/api/2.0/permissions/{type}/{id}',
  handle: (_, request) => answer(request),
};
export const permissionsUpdate: Operation = {
  method: 'PATCH',
  path: '/api/2.0/permissions/{type}/{id}',
  handle: (_, request) => answer(request),
};
export const permissionsGet: Operation = {
  method: 'GET',
  path: '/api/2.0/permissions/{type}/{id}',
  handle: (_, request) => answer(request),
};
