import { type Operation, text } from './operation.ts';

export const workspaceMkdirs: Operation = {
  method: 'POST',
  path: '/api/2.0/workspace/mkdirs',
  handle({ workspace }, { body }) {
    workspace.mkdirs(text(body, 'path'));
    return {};
  },
};
