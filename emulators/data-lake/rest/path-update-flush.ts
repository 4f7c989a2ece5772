import { missingQuery, notImplemented, StorageError } from '../errors.ts';
import { flagParameter, header, integerParameter, parameter } from './call.ts';
import { pathContentProperties, versionHeaders } from './headers.ts';
import { changingExisting, type Operation } from './operation.ts';

/** https://learn.microsoft.com/rest/api/storageservices/datalakestoragegen2/path/update, action=flush */
export const pathUpdateFlush: Operation = {
  name: 'Path - Update (flush)',
  permissions: 'wa',
  async handle(call, lake) {
    if (parameter(call, 'position') === undefined) throw missingQuery('position');
    if (header(call, 'x-ms-lease-action') !== undefined)
      throw notImplemented('lease actions on flush (x-ms-lease-action)');
    const position = integerParameter(call, 'position', 0);
    const retain = flagParameter(call, 'retainUncommittedData');
    const content = pathContentProperties(call);
    const entry = await changingExisting(call, lake, async (location, existing) => {
      if (existing.kind === 'directory') throw new StorageError('PathConflict');
      // An MD5 told of the content before; blocks do too.
      const { contentMd5: _, blocks: __, ...kept } = existing.properties;
      const properties = { ...kept, ...content };
      const flushed = await lake.store.flush(location, existing, position, properties, retain);
      // A flush of nothing new may still bring headers.
      return flushed.identity === existing.identity && Object.keys(content).length > 0
        ? lake.store.setProperties(location, { ...existing.properties, ...content }, true)
        : flushed;
    });
    return {
      status: 200,
      headers: { ...versionHeaders(entry), 'x-ms-request-server-encrypted': 'true' },
    };
  },
};
