import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { TokenCredential } from '@azure/identity';
import type { Connectors } from './connectors/connectors.ts';
import { createConnectors } from './connectors/index.ts';
import { createParquetWriter } from './connectors/parquet-file.ts';
import { makeFactory, resourceIdOf } from './rest/factories.ts';
import { globalParametersOf } from './rest/global-parameters.ts';
import type { FactoryIdentity, FactoryService } from './rest/operation.ts';
import { startServer } from './rest/server.ts';
import type { PipelineDefinition } from './runtime/definitions.ts';
import { type Delays, serviceDelays } from './runtime/host.ts';
import { createRunManager } from './runtime/run-manager.ts';
import { withoutUnset } from './runtime/unset.ts';
import { findKind } from './store/object-kinds.ts';
import { openObjectStore } from './store/object-store.ts';
import { openRunStore } from './store/run-store.ts';

export type { Connectors } from './connectors/connectors.ts';
export type { Delays } from './runtime/host.ts';

export interface DataFactoryOptions {
  /** 0, the default, takes any that is free. */
  readonly port?: number;
  /** PEM. */
  readonly tls: { readonly key: string; readonly cert: string };
  /** Rejects a token that is not good for the audience. */
  readonly verifyToken: (token: string, audience: string) => Promise<unknown>;
  /** The factory's managed identity: what its own calls are signed in with. */
  readonly credential: TokenCredential;
  /** Where published objects and runs are kept. One running factory per directory. */
  readonly stateDirectory: string;
  /** The one authority (PEM) that outgoing calls trust instead of the system's: what the factory calls is local too. */
  readonly caCertificate?: string;
  /** The one factory that is served. It exists from the start. */
  readonly factory: FactoryIdentity;
  readonly clock?: () => Date;
  readonly delays?: Partial<Delays>;
  readonly log?: (message: string) => void;
  /** Ways to the services that activities use; those of the linked services by default. */
  readonly connectors?: Connectors;
  /** Entries in a page of a list; 50 by default. */
  readonly pageSize?: number;
}

export interface DataFactory {
  readonly port: number;
  /** The Azure Resource Manager endpoint. */
  readonly url: string;
  /** Cancels what runs, waits for it to end, and writes everything down. */
  close(): Promise<void>;
}

/** Starts the local Data Factory on 127.0.0.1. */
export async function startDataFactory(options: DataFactoryOptions): Promise<DataFactory> {
  const clock = options.clock ?? (() => new Date());
  const log = options.log ?? (() => {});
  const newId = () => randomUUID();
  mkdirSync(options.stateDirectory, { recursive: true });
  const objects = openObjectStore(join(options.stateDirectory, 'objects'));
  const runs = openRunStore(join(options.stateDirectory, 'runs'), clock(), log);
  if (objects.factory() === undefined)
    await objects.putFactory(
      makeFactory({ location: 'local', identity: { type: 'SystemAssigned' } }, undefined, { newId, clock }),
    );

  /** Definitions as plain values: numbers that were kept as text are numbers to the runtime. */
  const plain = <T>(value: unknown): T => JSON.parse(JSON.stringify(value)) as T;
  const definitionOf = <T>(properties: unknown): T => withoutUnset(plain<T>(properties));
  const find = (collection: string, name: string) => objects.get(findKind(collection)!, name);

  // Beside the state, not in the system's folder for temporary files, which may be memory; what a killed factory left is not wanted.
  const temporaryDirectory = join(options.stateDirectory, 'temporary');
  rmSync(temporaryDirectory, { recursive: true, force: true });
  mkdirSync(temporaryDirectory, { recursive: true });
  const parquet = createParquetWriter(join(temporaryDirectory, 'spill'));
  const manager = createRunManager({
    host: {
      factoryName: options.factory.name,
      clock,
      newId,
      ambient: { now: clock, guid: newId, random: Math.random },
      sleep: (milliseconds, signal) =>
        wait(milliseconds, undefined, { signal }).catch(() => {
          throw signal.reason;
        }),
      delays: { ...serviceDelays, ...options.delays },
      connectors: options.connectors ?? createConnectors(options),
      parquet,
      temporaryDirectory,
      findObject: (collection, name) => {
        const found = find(collection, name);
        return found && definitionOf<Record<string, unknown>>(found.properties);
      },
    },
    store: runs,
    findPipeline: (name) => {
      const found = find('pipelines', name);
      return found && { name: found.name, definition: definitionOf<PipelineDefinition>(found.properties) };
    },
    globalParameters: () =>
      Object.fromEntries(
        Object.entries(plain<ReturnType<typeof globalParametersOf> & {}>(globalParametersOf(service) ?? {})).map(
          ([name, { value }]) => [name, value],
        ),
      ),
    log,
  });
  const service: FactoryService = {
    identity: options.factory,
    resourceId: resourceIdOf(options.factory),
    objects,
    runs,
    manager,
    clock,
    newId,
    pageSize: options.pageSize ?? 50,
  };
  const server = await startServer(service, {
    port: options.port ?? 0,
    tls: options.tls,
    verifyToken: options.verifyToken,
    log,
  });
  return {
    port: server.port,
    url: `https://127.0.0.1:${server.port}`,
    async close() {
      await server.close();
      await manager.close();
      await runs.flush();
      await parquet.close();
      rmSync(temporaryDirectory, { recursive: true, force: true });
    },
  };
}
