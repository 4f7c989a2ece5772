import type { TokenCredential } from '@azure/identity';
import type { Environment } from '../environments/schema.ts';

/** An environment and the identity to act in it: what every operation is given. */
export interface Platform {
  readonly environment: Environment;
  readonly credential: TokenCredential;
}

/** The platform with another shop in it: what is undefined stays as the environment says. */
export function withShop(platform: Platform, values: Partial<Environment['shop']>): Platform {
  const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
  return { ...platform, environment: { ...platform.environment, shop: { ...platform.environment.shop, ...given } } };
}
