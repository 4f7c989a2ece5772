/** A Delta failure. `code` is the error class Delta on Databricks reports for it. */
export class DeltaError extends Error {
  override readonly name = 'DeltaError';
  readonly code: string;

  constructor(code: string, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
