import { badDefinition, notImplemented } from '../runtime/activity-error.ts';

/** The text of a `SecureString`, or of a plain string. @throws ActivityError for a Key Vault reference, which is not implemented. */
export function secretOf(value: unknown, what: string): string {
  if (typeof value === 'string') return value;
  const { type, value: text } = (value ?? {}) as { type?: unknown; value?: unknown };
  if (type === 'SecureString' && typeof text === 'string') return text;
  if (type === 'AzureKeyVaultSecret') throw notImplemented(`A Key Vault reference (${what})`);
  throw badDefinition(`The ${what} is missing.`);
}
