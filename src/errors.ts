/**
 * The two kinds of failure the platform knows. Each message says: subsystem, what happened, the offending value, what to do.
 */

/** Something the user can fix: a bad input, a missing resource, an environment that is not up. Shown without a stack. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

/** Something we have to fix, or a remote fault that retries did not cure. Shown with its cause. */
export class InternalError extends Error {
  override readonly name = 'InternalError';
}

/** The user stopped it: nothing is broken. */
export class Interruption extends ConfigurationError {}
