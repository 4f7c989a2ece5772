export { ensureFilesystems, layers } from './ensure-filesystems.ts';
export { translateLakeError } from './lake-error.ts';
export { openLake } from './open-lake.ts';
