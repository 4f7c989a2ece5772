import type { Operation } from './operation.ts';

export const scimMe: Operation = {
  method: 'GET',
  path: '/api/2.0/preview/scim/v2/Me',
  handle: (_, { user }) => ({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    id: '1000',
    userName: user,
    displayName: user,
    active: true,
    emails: [{ type: 'work', value: user, primary: true }],
    groups: [{ display: 'admins', type: 'direct', value: '1' }],
  }),
};
