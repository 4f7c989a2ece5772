import { raise } from '../tsql/emit/raise.ts';

export { raise };
