import type { DataLakeServiceClient } from '@azure/storage-file-datalake';
import { translateLakeError } from './lake-error.ts';

/** The lake's layers, a filesystem each. */
export const layers = ['bronze', 'silver', 'gold'] as const;

/**
 * Creates the filesystems that are missing; those that are there stay as they are.
 * @returns the names that were created.
 * @throws ConfigurationError when the lake cannot be reached or does not let us in, InternalError for all else.
 */
export async function ensureFilesystems(
  client: DataLakeServiceClient,
  names: readonly string[] = layers,
): Promise<readonly string[]> {
  const created = await Promise.all(
    names.map(async (name) => {
      try {
        return (await client.getFileSystemClient(name).createIfNotExists()).succeeded ? [name] : [];
      } catch (error) {
        throw translateLakeError(error, `create the filesystem '${name}'`, client.url);
      }
    }),
  );
  return created.flat();
}
