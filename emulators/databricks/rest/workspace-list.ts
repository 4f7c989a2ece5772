import { type Operation, text } from './operation.ts';

export const workspaceList: Operation = {
  method: 'GET',
  path: '/api/2.0/workspace/list',
  handle({ workspace }, { body }) {
    const objects = workspace.list(text(body, 'path'));
    return objects.length > 0 ? { objects } : {};
  },
};
