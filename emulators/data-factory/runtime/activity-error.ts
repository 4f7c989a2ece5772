/** How an activity fails: what `activity('x').error` and the activity run show. */
export class ActivityError extends Error {
  override readonly name = 'ActivityError';
  readonly code: string;
  readonly failureType: 'UserError' | 'SystemError';
  readonly details: unknown;

  constructor(
    code: string,
    message: string,
    options: { failureType?: 'UserError' | 'SystemError'; details?: unknown; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.failureType = options.failureType ?? 'UserError';
    this.details = options.details ?? [];
  }
}

/** Why a run's signal is aborted when the run is cancelled. */
export class Cancellation extends Error {
  override readonly name = 'Cancellation';
  /** Whether the pipelines that the run has started go with it. */
  readonly recursive: boolean;

  constructor(message: string, recursive: boolean) {
    super(message);
    this.recursive = recursive;
  }
}

/** The one error for what this runtime does not implement. */
export function notImplemented(what: string): ActivityError {
  return new ActivityError(
    'NotImplementedLocally',
    `${what} is not implemented by the local Data Factory. Its README.md lists what is; run this in a factory in Azure.`,
  );
}

/** A definition that cannot be run as it stands: the service's code for it is BadRequest. */
export function badDefinition(message: string): ActivityError {
  return new ActivityError('BadRequest', message);
}

export function toActivityError(error: unknown): ActivityError {
  if (error instanceof ActivityError) return error;
  const { message, code } = error as { message?: unknown; code?: unknown };
  return new ActivityError(typeof code === 'string' && code !== '' ? code : 'InternalError', String(message ?? error), {
    failureType: 'SystemError',
    cause: error,
  });
}
