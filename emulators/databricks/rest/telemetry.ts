import type { Operation } from './operation.ts';

/** The CLI's telemetry is taken and thrown away. */
export const telemetry: Operation = { method: 'POST', path: '/telemetry-ext', handle: () => ({ numProtoSuccess: 0 }) };
