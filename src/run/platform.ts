import type { TokenCredential } from '@azure/identity';
import type { Environment } from '../environments/schema.ts';

/** An environment and the identity to act in it: what every operation is given. */
export interface Platform {
  readonly environment: Environment;
  readonly credential: TokenCredential;
}
