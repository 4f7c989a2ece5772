import { type Operation, text } from './operation.ts';

export const workspaceDelete: Operation = {
  method: 'POST',
  path: '/api/2.0/workspace/delete',
  handle({ workspace }, { body }) {
    workspace.delete(text(body, 'path'), body['recursive'] === true);
    return {};
  },
};
