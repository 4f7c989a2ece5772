import type { Operation } from './operation.ts';

/** The Databricks CLI's upload: the body is the file. 409 when it exists and overwrite is not true, 404 when the parent is missing. */
export const workspaceFilesImportFile: Operation = {
  method: 'POST',
  path: '/api/2.0/workspace-files/import-file/{path+}',
  handle({ workspace }, { path, query, raw }) {
    workspace.write(`/${path['path']!.replace(/^\/+/, '')}`, raw, 'FILE', query.get('overwrite') === 'true');
    return {};
  },
};
