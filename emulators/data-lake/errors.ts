import type { StoreError, StoreFailure } from './store/store-error.ts';

/** Which of the account's two REST APIs a request speaks: they name the same failures differently. */
export type Api = 'blob' | 'dfs';

/**
 * The services' own codes, statuses and words.
 * https://learn.microsoft.com/rest/api/storageservices/blob-service-error-codes and .../status-and-error-codes2
 */
const catalog = {
  AppendPositionTooLow: [
    400,
    'The position query parameter value is below the length of the data that was flushed already.',
  ],
  AuthenticationFailed: [
    403,
    'Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly including the signature.',
  ],
  AuthorizationPermissionMismatch: [
    403,
    'This request is not authorized to perform this operation using this permission.',
  ],
  AuthorizationResourceTypeMismatch: [
    403,
    'This request is not authorized to perform this operation using this resource type.',
  ],
  AuthorizationServiceMismatch: [403, 'This request is not authorized to perform this operation using this service.'],
  AuthorizationProtocolMismatch: [403, 'This request is not authorized to perform this operation using this protocol.'],
  AuthorizationSourceIPMismatch: [
    403,
    'This request is not authorized to perform this operation using this source IP.',
  ],
  BlobAlreadyExists: [409, 'The specified blob already exists.'],
  BlobNotFound: [404, 'The specified blob does not exist.'],
  CannotVerifyCopySource: [404, 'The specified resource does not exist.'],
  ConditionNotMet: [412, 'The condition specified using HTTP conditional header(s) is not met.'],
  ContainerAlreadyExists: [409, 'The specified container already exists.'],
  ContainerNotFound: [404, 'The specified container does not exist.'],
  DirectoryIsNotEmpty: [409, 'This operation is not permitted on a non-empty directory.'],
  DirectoryNotEmpty: [409, 'The recursive query parameter value must be true to delete a non-empty directory.'],
  FilesystemAlreadyExists: [409, 'The specified filesystem already exists.'],
  FilesystemNotFound: [404, 'The specified filesystem does not exist.'],
  InternalError: [500, 'Server encountered an internal error. Please try again after some time.'],
  InvalidAuthenticationInfo: [
    401,
    'Server failed to authenticate the request. Please refer to the information in the www-authenticate header.',
  ],
  InvalidBlockId: [400, 'The specified block ID is invalid. The block ID must be Base64-encoded.'],
  InvalidBlockList: [400, 'The specified block list is invalid.'],
  InvalidFlushPosition: [
    400,
    'The uploaded data is not contiguous or the position query parameter value is not equal to the length of the file after appending the uploaded data.',
  ],
  InvalidHeaderValue: [400, 'The value for one of the HTTP headers is not in the correct format.'],
  InvalidInput: [400, 'One of the request inputs is not valid.'],
  InvalidMd5: [
    400,
    'The MD5 value specified in the request is invalid. MD5 value must be 128 bits and base64 encoded.',
  ],
  InvalidMetadata: [400, 'The metadata specified is invalid. It has characters that are not permitted.'],
  InvalidQueryParameterValue: [400, 'Value for one of the query parameters specified in the request URI is invalid.'],
  InvalidRange: [416, 'The range specified is invalid for the current size of the resource.'],
  InvalidRenameSourcePath: [
    409,
    'The source directory cannot be the same as the destination directory, nor can the destination be a subdirectory of the source directory.',
  ],
  InvalidResourceName: [400, 'The specifed resource name contains invalid characters.'],
  InvalidSourceOrDestinationResourceType: [409, 'The source and destination resource type must be identical.'],
  InvalidSourceUri: [400, 'The source URI is invalid.'],
  InvalidUri: [400, 'The requested URI does not represent any resource on the server.'],
  InvalidXmlDocument: [400, 'XML specified is not syntactically valid.'],
  LeaseAlreadyPresent: [409, 'There is already a lease present.'],
  LeaseIdMismatchWithBlobOperation: [412, 'The lease ID specified did not match the lease ID for the blob.'],
  LeaseIdMismatchWithLeaseOperation: [409, 'The lease ID specified did not match the lease ID for the blob.'],
  LeaseIdMissing: [412, 'There is currently a lease on the blob and no lease ID was specified in the request.'],
  LeaseIsBreakingAndCannotBeAcquired: [
    409,
    'The lease ID matched, but the lease is currently in breaking state and cannot be acquired until it is broken.',
  ],
  LeaseIsBreakingAndCannotBeChanged: [
    409,
    'The lease ID matched, but the lease is currently in breaking state and cannot be changed.',
  ],
  LeaseIsBrokenAndCannotBeRenewed: [
    409,
    'The lease ID matched, but the lease has been broken explicitly and cannot be renewed.',
  ],
  LeaseLost: [412, 'A lease ID was specified, but the lease for the blob has expired.'],
  LeaseNotPresentWithBlobOperation: [412, 'There is currently no lease on the blob.'],
  LeaseNotPresentWithLeaseOperation: [409, 'There is currently no lease on the blob.'],
  Md5Mismatch: [
    400,
    'The MD5 value specified in the request did not match with the MD5 value calculated by the server.',
  ],
  MissingContentLengthHeader: [411, 'The content length header was not specified.'],
  MissingRequiredHeader: [400, 'An HTTP header that is mandatory for this request is not specified.'],
  MissingRequiredQueryParameter: [400, 'A query parameter that is mandatory for this request is not specified.'],
  NoAuthenticationInformation: [
    401,
    'Server failed to authenticate the request. Please refer to the information in the www-authenticate header.',
  ],
  NoPendingCopyOperation: [409, 'There is currently no pending copy operation.'],
  NotImplemented: [501, 'The requested operation is not implemented on the specified resource.'],
  OutOfRangeInput: [400, 'One of the request inputs is out of range.'],
  OutOfRangeQueryParameterValue: [
    400,
    'One of the query parameters specified in the request URI is outside the permissible range.',
  ],
  PathAlreadyExists: [409, 'The specified path already exists.'],
  PathConflict: [
    409,
    'The specified path, or an element of the path, exists and its resource type is invalid for this operation.',
  ],
  PathNotFound: [404, 'The specified path does not exist.'],
  RenameDestinationParentPathNotFound: [404, 'The parent directory of the destination path does not exist.'],
  RequestBodyTooLarge: [413, 'The request body is too large and exceeds the maximum permissible limit.'],
  SourceConditionNotMet: [412, 'The source condition specified using HTTP conditional header(s) is not met.'],
  SourcePathNotFound: [404, 'The source path for a rename operation does not exist.'],
  UnsupportedHttpVerb: [405, "The resource doesn't support the specified HTTP verb."],
} as const satisfies Record<string, readonly [status: number, message: string]>;

export type ErrorCode = keyof typeof catalog;

export interface ErrorDetails {
  /** Further elements of an XML body: what was wrong, in the service's own element names. */
  readonly elements?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** In place of the catalogue's words. */
  readonly message?: string;
}

/** A request was refused as the service would refuse it. */
export class StorageError extends Error {
  override readonly name = 'StorageError';
  readonly code: ErrorCode;
  readonly status: number;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, details: ErrorDetails = {}) {
    const [status, message] = catalog[code];
    super(details.message ?? message);
    this.code = code;
    this.status = status;
    this.details = details;
  }
}

/** The one answer to all that this emulator lacks; README.md lists it. */
export const notImplemented = (what: string): StorageError =>
  new StorageError('NotImplemented', { message: `The data-lake emulator does not implement ${what}.` });

export const invalidHeader = (name: string, value: string): StorageError =>
  new StorageError('InvalidHeaderValue', { elements: { HeaderName: name, HeaderValue: value } });

export const missingHeader = (name: string): StorageError =>
  new StorageError('MissingRequiredHeader', { elements: { HeaderName: name } });

export const invalidQuery = (name: string, value: string): StorageError =>
  new StorageError('InvalidQueryParameterValue', {
    elements: { QueryParameterName: name, QueryParameterValue: value },
  });

export const missingQuery = (name: string): StorageError =>
  new StorageError('MissingRequiredQueryParameter', { elements: { QueryParameterName: name } });

const storeCodes: Readonly<Record<StoreFailure, Readonly<Record<Api, ErrorCode>>>> = {
  filesystemNotFound: { blob: 'ContainerNotFound', dfs: 'FilesystemNotFound' },
  filesystemExists: { blob: 'ContainerAlreadyExists', dfs: 'FilesystemAlreadyExists' },
  notFound: { blob: 'BlobNotFound', dfs: 'PathNotFound' },
  exists: { blob: 'BlobAlreadyExists', dfs: 'PathAlreadyExists' },
  notEmpty: { blob: 'DirectoryIsNotEmpty', dfs: 'DirectoryNotEmpty' },
  wrongKind: { blob: 'PathConflict', dfs: 'PathConflict' },
  parentNotFound: { blob: 'RenameDestinationParentPathNotFound', dfs: 'RenameDestinationParentPathNotFound' },
  insideItself: { blob: 'InvalidRenameSourcePath', dfs: 'InvalidRenameSourcePath' },
  flushPosition: { blob: 'InvalidFlushPosition', dfs: 'InvalidFlushPosition' },
  appendPosition: { blob: 'AppendPositionTooLow', dfs: 'AppendPositionTooLow' },
  blockList: { blob: 'InvalidBlockList', dfs: 'InvalidBlockList' },
  tooLong: { blob: 'OutOfRangeInput', dfs: 'OutOfRangeInput' },
};

export const fromStore = (error: StoreError, api: Api): StorageError =>
  new StorageError(storeCodes[error.failure][api]);
