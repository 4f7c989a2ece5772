/** Why the store could not do something. Blob and DFS each have codes and words of their own for it: rest/ finds them. */
export type StoreFailure =
  | 'filesystemNotFound'
  | 'filesystemExists'
  | 'notFound'
  | 'exists'
  | 'notEmpty'
  | 'wrongKind'
  | 'parentNotFound'
  | 'insideItself'
  | 'flushPosition'
  | 'appendPosition'
  | 'blockList'
  | 'tooLong';

export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly failure: StoreFailure;

  constructor(failure: StoreFailure, subject: string, options?: ErrorOptions) {
    super(`data-lake store: ${failure}: '${subject}'`, options);
    this.failure = failure;
  }
}

const byErrno: Readonly<Record<string, StoreFailure>> = {
  ENOENT: 'notFound',
  EEXIST: 'exists',
  ENOTEMPTY: 'notEmpty',
  ENOTDIR: 'wrongKind',
  EISDIR: 'wrongKind',
  EINVAL: 'insideItself',
  ELOOP: 'wrongKind',
  ENAMETOOLONG: 'tooLong',
};

/** Runs file operations; a refusal of the operating system that has a meaning here becomes a StoreError, others pass. */
export async function translating<T>(subject: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const failure = byErrno[(cause as NodeJS.ErrnoException).code ?? ''];
    throw failure === undefined ? cause : new StoreError(failure, subject, { cause });
  }
}
