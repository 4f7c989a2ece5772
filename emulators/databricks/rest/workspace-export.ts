import { unimplemented } from '../api-error.ts';
import { type Operation, text } from './operation.ts';

export const workspaceExport: Operation = {
  method: 'GET',
  path: '/api/2.0/workspace/export',
  handle({ workspace }, { body }) {
    const format = String(body['format'] ?? 'SOURCE');
    if (!['SOURCE', 'AUTO', 'RAW'].includes(format)) throw unimplemented(`the export format ${format}`);
    const path = text(body, 'path');
    const content = workspace.read(path);
    return String(body['direct_download']) === 'true'
      ? content
      : { content: content.toString('base64'), file_type: /\.([a-z]+)$/i.exec(path)?.[1] ?? '' };
  },
};
