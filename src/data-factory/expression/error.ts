/**
 * A fault in an expression, or in its evaluation. The first sentence follows the service's own wording; the rest says where.
 */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';
  /** The message alone, without the expression and position: what the service would say. */
  readonly reason: string;
  /** The text that holds the fault, with its leading `@`; empty while it is not known yet. */
  readonly expression: string;
  /** Zero-based offset of the fault in `expression`; -1 while it is not known yet. */
  readonly position: number;
  /** The function that rejected its arguments, where there is one. */
  readonly functionName: string | undefined;

  constructor(
    reason: string,
    details: { expression?: string; position?: number; functionName?: string | undefined; cause?: unknown } = {},
  ) {
    const { expression = '', position = -1 } = details;
    super(
      expression === '' ? reason : `${reason} (at position ${position} of ${JSON.stringify(expression)})`,
      'cause' in details ? { cause: details.cause } : undefined,
    );
    this.reason = reason;
    this.expression = expression;
    this.position = position;
    this.functionName = details.functionName;
  }

  /** The same fault, placed: what is already known is kept. */
  at(expression: string, position: number, functionName?: string): ExpressionError {
    if (this.expression !== '') return this;
    return new ExpressionError(this.reason, {
      expression,
      position: this.position >= 0 ? this.position : position,
      functionName: this.functionName ?? functionName,
      cause: this.cause,
    });
  }
}
