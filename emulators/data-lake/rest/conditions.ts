import { StorageError } from '../errors.ts';
import type { Entry } from '../store/entry.ts';
import { type Call, dateHeader, header } from './call.ts';

/**
 * The conditional headers of RFC 9110 section 13 as the service answers them: 304 for a read of what has not changed, 412 for all
 * else, and "already exists" where a creation asked for absence.
 * https://learn.microsoft.com/rest/api/storageservices/specifying-conditional-headers-for-blob-service-operations
 */
export function checkConditions(call: Call, entry: Entry | undefined, use: 'read' | 'write'): void {
  const ifMatch = header(call, 'if-match');
  const ifNoneMatch = header(call, 'if-none-match');

  if (ifMatch !== undefined && !(entry !== undefined && matches(ifMatch, entry.etag)))
    throw new StorageError('ConditionNotMet');
  if (entry === undefined) return;
  const modified = wholeSeconds(entry.modified);
  const unmodifiedSince = dateHeader(call, 'if-unmodified-since');
  if (unmodifiedSince !== undefined && modified > unmodifiedSince.getTime()) throw new StorageError('ConditionNotMet');

  if (ifNoneMatch !== undefined && matches(ifNoneMatch, entry.etag)) {
    if (use === 'read') throw notModified(entry);
    if (
      ifNoneMatch === '*' &&
      call.method === 'PUT' &&
      !['metadata', 'properties'].includes(call.query.get('comp') ?? '')
    )
      throw new StorageError(call.api === 'dfs' ? 'PathAlreadyExists' : 'BlobAlreadyExists');
    throw new StorageError('ConditionNotMet');
  }
  const modifiedSince = dateHeader(call, 'if-modified-since');
  // If-None-Match, where given, takes the place of If-Modified-Since for reads.
  if (modifiedSince !== undefined && modified <= modifiedSince.getTime() && !(use === 'read' && ifNoneMatch)) {
    if (use === 'read') throw notModified(entry);
    throw new StorageError('ConditionNotMet');
  }
}

/** The same, of the source of a rename or copy. */
export function checkSourceConditions(call: Call, entry: Entry): void {
  const ifMatch = header(call, 'x-ms-source-if-match');
  const ifNoneMatch = header(call, 'x-ms-source-if-none-match');
  const modifiedSince = dateHeader(call, 'x-ms-source-if-modified-since');
  const unmodifiedSince = dateHeader(call, 'x-ms-source-if-unmodified-since');
  const modified = wholeSeconds(entry.modified);
  if (
    (ifMatch !== undefined && !matches(ifMatch, entry.etag)) ||
    (ifNoneMatch !== undefined && matches(ifNoneMatch, entry.etag)) ||
    (modifiedSince !== undefined && modified <= modifiedSince.getTime()) ||
    (unmodifiedSince !== undefined && modified > unmodifiedSince.getTime())
  )
    throw new StorageError('SourceConditionNotMet');
}

/** The request asks for absence: the store must see to it atomically. */
export const wantsAbsence = (call: Call): boolean => header(call, 'if-none-match') === '*';

/** A list of entity tags or `*`; the listing's bare form is taken as well as the quoted one. */
function matches(condition: string, etag: string): boolean {
  return (
    condition.trim() === '*' ||
    condition.split(',').some((tag) => tag.trim().replace(/^W\//, '').replaceAll('"', '') === etag.replaceAll('"', ''))
  );
}

/** What a Last-Modified header can say. */
const wholeSeconds = (time: Date): number => Math.floor(time.getTime() / 1000) * 1000;

/** 304 has no body: as the service does, the code goes in its header. */
export class NotModified extends Error {
  override readonly name = 'NotModified';
  readonly entry: Entry;

  constructor(entry: Entry) {
    super('The condition specified using HTTP conditional header(s) is not met.');
    this.entry = entry;
  }
}

const notModified = (entry: Entry): NotModified => new NotModified(entry);
