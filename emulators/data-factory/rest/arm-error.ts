/** An answer that says no: Azure Resource Manager's `{ "error": { "code", "message", "target", "details" } }`. */
export class ArmError extends Error {
  override readonly name = 'ArmError';
  readonly status: number;
  readonly code: string;
  readonly target: string | null;

  constructor(status: number, code: string, message: string, target: string | null = null) {
    super(message);
    this.status = status;
    this.code = code;
    this.target = target;
  }
}

/** The one error for operations that this emulator does not have. */
export function notImplemented(operation: string): ArmError {
  return new ArmError(
    501,
    'NotImplemented',
    `The local Data Factory does not implement ${operation}. Its README.md lists what it does.`,
  );
}
