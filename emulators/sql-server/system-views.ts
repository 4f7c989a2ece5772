import type { SystemView } from './system-view.ts';
import * as absent from './views/absent.ts';
import * as dynamic from './views/dynamic.ts';
import * as informationSchema from './views/information-schema.ts';
import * as odbc from './views/odbc.ts';
import * as parameters from './views/parameters.ts';
import * as statistics from './views/statistics.ts';
import * as sys from './views/sys.ts';

/** By lower-case `schema.name`. */
export const SYSTEM_VIEWS: ReadonlyMap<string, SystemView> = new Map([
  ...sys.views(),
  ...informationSchema.views(),
  ...parameters.views(),
  ...odbc.views(),
  ...dynamic.views(),
  ...statistics.views(),
  ...absent.views(),
]);
