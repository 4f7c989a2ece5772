import { z } from 'zod';

/**
 * What an environment file says (`environments/<name>.json`). One schema for local, dev and prod: no code branches on a name,
 * whatever differs between environments is a value here.
 */

const port = z.number().int().min(1).max(65535);

/** Where the services of one environment answer. `local` reads it from the file that the running emulators write. */
export const endpointsSchema = z.strictObject({
  azureSql: z.strictObject({
    host: z.string().min(1),
    port: port.default(1433),
    database: z.string().min(1),
    /** For clients of yours (sqlcmd, a notebook). The platform itself signs in with Entra ID. */
    user: z.string().optional(),
    password: z.string().optional(),
  }),
  synapse: z.strictObject({
    host: z.string().min(1),
    port: port.default(1433),
    database: z.string().min(1),
    user: z.string().optional(),
    password: z.string().optional(),
  }),
  dataLake: z.strictObject({
    /** DFS endpoint, such as `https://<account>.dfs.core.windows.net`. */
    url: z.url(),
    account: z.string().min(1),
    key: z.string().optional(),
    /** The folder behind the emulator: only local has one. */
    root: z.string().optional(),
  }),
  dataFactory: z.strictObject({
    /** Azure Resource Manager, such as `https://management.azure.com`. */
    url: z.url(),
    subscriptionId: z.string().min(1),
    resourceGroup: z.string().min(1),
    factory: z.string().min(1),
  }),
  databricks: z.strictObject({
    host: z.url(),
    /** A personal access token for clients of yours; the platform itself signs in with Entra ID. */
    token: z.string().optional(),
    /** The SQL warehouse that runs the job's SQL tasks. */
    warehouseId: z.string().min(1),
  }),
  /** A certificate authority (PEM file) to trust besides the system's. */
  caCertificate: z.string().optional(),
  /** A managed-identity endpoint that stands in for the host's own. */
  identity: z.strictObject({ endpoint: z.url(), header: z.string().min(1) }).optional(),
});

export type Endpoints = z.infer<typeof endpointsSchema>;

export const environmentSchema = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]*$/),
  /** The endpoints, or `{ "file": ... }`, a path relative to the environment file, written by what runs them. */
  endpoints: z.union([z.strictObject({ file: z.string().min(1) }), endpointsSchema]),
  shop: z.strictObject({
    seed: z.number().int().min(0).max(0xffffffff),
    /** The instant of the shop's first order; no window reaches before it. */
    openedAt: z.iso.datetime(),
    ordersPerDay: z.number().int().min(1).max(1_000_000),
    /** Length of the first window, in days, when nothing has been loaded yet. */
    backfillDays: z.number().int().min(1).max(3660),
    /** Share of rows (0 to 0.5) that get an injected defect. */
    defectRate: z.number().min(0).max(0.5),
    /** `now`: a window ends at the present. `{ stepHours }`: each run advances the shop's own clock by that much. */
    clock: z.union([z.literal('now'), z.strictObject({ stepHours: z.number().positive() })]),
  }),
  dataFactory: z.strictObject({
    /**
     * Values that differ between environments: `"<folder>/<object>": { "<dotted path>": value }`. A string value may hold
     * `{azureSql.host}`-style references into the endpoints, and `{databricks.jobId}`.
     */
    overrides: z.record(z.string(), z.record(z.string(), z.json())),
    /** Longest pause between two looks at a pipeline run, in seconds. */
    pollSeconds: z.number().positive().max(600).default(15),
  }),
  gates: z.strictObject({
    /** Quarantined rows over incoming rows, per table, above which the gate fails (0 to 1). Injected defects do not count. */
    maximumQuarantineRatio: z.number().min(0).max(1),
  }),
});

export type EnvironmentFile = z.infer<typeof environmentSchema>;

/** An environment with its endpoints resolved. */
export interface Environment extends Omit<EnvironmentFile, 'endpoints'> {
  readonly endpoints: Endpoints;
}
