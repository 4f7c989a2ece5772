import type { SystemView } from './system-view.ts';
import * as informationSchema from './views/information-schema.ts';
import * as sys from './views/sys.ts';

/** By lower-case `schema.name`. */
export const SYSTEM_VIEWS: ReadonlyMap<string, SystemView> = new Map([...sys.views(), ...informationSchema.views()]);
