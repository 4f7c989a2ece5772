import type { DataFactoryOptions } from './index.ts';

/** What the factory's thread and the one that started it tell each other. */

/** The options that can be handed over; what answers calls stays where it is, and is asked by message. */
export type ThreadOptions = Omit<DataFactoryOptions, 'verifyToken' | 'credential' | 'clock' | 'log' | 'connectors'>;

/** A question to whoever started the thread. */
export type Question =
  | { readonly about: 'token is good'; readonly token: string; readonly audience: string }
  | { readonly about: 'token'; readonly scopes: string | string[] };

export type FromThread =
  | { readonly kind: 'ready'; readonly port: number; readonly url: string }
  | { readonly kind: 'failed'; readonly error: Failure }
  | { readonly kind: 'log'; readonly message: string }
  | { readonly kind: 'question'; readonly id: number; readonly question: Question };

export type ToThread =
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'refusal'; readonly id: number; readonly error: Failure }
  | { readonly kind: 'close' };

/** An error as a message: the structured clone of one loses the properties that system errors are told apart by. */
export interface Failure {
  readonly message: string;
  readonly stack: string | undefined;
  readonly code: string | undefined;
  readonly syscall: string | undefined;
}

export function toFailure(error: unknown): Failure {
  if (!(error instanceof Error))
    return { message: String(error), stack: undefined, code: undefined, syscall: undefined };
  const { message, stack, code, syscall } = error as NodeJS.ErrnoException;
  return { message, stack, code, syscall };
}

export function toError({ message, stack, code, syscall }: Failure): Error {
  return Object.assign(new Error(message), {
    ...(stack !== undefined && { stack }),
    ...(code !== undefined && { code }),
    ...(syscall !== undefined && { syscall }),
  });
}
