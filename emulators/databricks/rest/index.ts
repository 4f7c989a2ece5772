import { jobsCreate } from './jobs-create.ts';
import { jobsDelete } from './jobs-delete.ts';
import { jobsGet } from './jobs-get.ts';
import { jobsList } from './jobs-list.ts';
import { jobsReset } from './jobs-reset.ts';
import { jobsRunNow } from './jobs-run-now.ts';
import { jobsRunsCancel } from './jobs-runs-cancel.ts';
import { jobsRunsCancelAll } from './jobs-runs-cancel-all.ts';
import { jobsRunsDelete } from './jobs-runs-delete.ts';
import { jobsRunsGet } from './jobs-runs-get.ts';
import { jobsRunsGetOutput } from './jobs-runs-get-output.ts';
import { jobsRunsList } from './jobs-runs-list.ts';
import { jobsRunsSubmit } from './jobs-runs-submit.ts';
import { jobsUpdate } from './jobs-update.ts';
import type { Operation } from './operation.ts';
import { permissionsGet, permissionsSet, permissionsUpdate } from './permissions-set.ts';
import { scimMe } from './scim-me.ts';
import { sqlStatementsCancel } from './sql-statements-cancel.ts';
import { sqlStatementsExecute } from './sql-statements-execute.ts';
import { sqlStatementsGet } from './sql-statements-get.ts';
import { sqlStatementsGetResultChunk } from './sql-statements-get-result-chunk.ts';
import { sqlWarehousesGet, sqlWarehousesList } from './sql-warehouses.ts';
import { telemetry } from './telemetry.ts';
import { workspaceDelete } from './workspace-delete.ts';
import { workspaceExport } from './workspace-export.ts';
import { workspaceFilesImportFile } from './workspace-files-import-file.ts';
import { workspaceGetStatus } from './workspace-get-status.ts';
import { workspaceImport } from './workspace-import.ts';
import { workspaceList } from './workspace-list.ts';
import { workspaceMkdirs } from './workspace-mkdirs.ts';

export const operations: readonly Operation[] = [
  jobsCreate,
  jobsReset,
  jobsUpdate,
  jobsGet,
  jobsList,
  jobsDelete,
  jobsRunNow,
  jobsRunsGet,
  jobsRunsList,
  jobsRunsCancel,
  jobsRunsCancelAll,
  jobsRunsDelete,
  jobsRunsSubmit,
  jobsRunsGetOutput,
  workspaceImport,
  workspaceExport,
  workspaceMkdirs,
  workspaceDelete,
  workspaceGetStatus,
  workspaceList,
  workspaceFilesImportFile,
  sqlStatementsExecute,
  sqlStatementsGet,
  sqlStatementsGetResultChunk,
  sqlStatementsCancel,
  sqlWarehousesList,
  sqlWarehousesGet,
  scimMe,
  permissionsSet,
  permissionsUpdate,
  permissionsGet,
  telemetry,
];
