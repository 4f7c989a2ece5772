import { type Operation, text } from './operation.ts';

export const workspaceGetStatus: Operation = {
  method: 'GET',
  path: '/api/2.0/workspace/get-status',
  handle: ({ workspace }, { body }) => ({ ...workspace.get(text(body, 'path')) }),
};
