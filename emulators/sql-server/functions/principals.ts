import { quoteText } from '../duck-type.ts';
import { constant, type Functions, int, type MetadataFunction, sysname } from './lookup.ts';

/** Of logins, users and roles: every login owns the database. */
export const principalFunctions: Functions = {
  USER_NAME: constant('dbo', sysname, 1),
  SUSER_SNAME: identityName(),
  SUSER_NAME: identityName(),
  USER_ID: constant(1, int, 1),
  DATABASE_PRINCIPAL_ID: constant(1, int, 1),
  SUSER_ID: constant(1, int, 1),
  IS_MEMBER: constant(1, int, 1),
  IS_ROLEMEMBER: constant(1, int, 2),
  IS_SRVROLEMEMBER: constant(0, int, 2),
  HAS_PERMS_BY_NAME: { least: 3, most: 5, build: () => ({ sql: '1', type: int }) },
};

function identityName(): MetadataFunction {
  return { least: 1, most: 1, build: (engine) => ({ sql: quoteText(engine.identity.name), type: sysname }) };
}
