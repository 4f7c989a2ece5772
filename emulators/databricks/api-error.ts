/** A failure as the REST API reports it: https://docs.databricks.com/api/workspace/introduction, { error_code, message }. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export const invalidParameter = (message: string): ApiError => new ApiError(400, 'INVALID_PARAMETER_VALUE', message);
export const missing = (message: string): ApiError => new ApiError(404, 'RESOURCE_DOES_NOT_EXIST', message);

/** The one error for what this emulator does not implement. */
export const unimplemented = (what: string): ApiError =>
  new ApiError(501, 'NOT_IMPLEMENTED', `The local Databricks does not implement ${what}.`);
