import type { RunManager } from '../runtime/run-manager.ts';
import type { ObjectStore } from '../store/object-store.ts';
import type { RunStore } from '../store/run-store.ts';

/** What identifies the one factory that is served. */
export interface FactoryIdentity {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly name: string;
}

/** What operations act on. */
export interface FactoryService {
  readonly identity: FactoryIdentity;
  /** `/subscriptions/.../factories/<name>` */
  readonly resourceId: string;
  readonly objects: ObjectStore;
  readonly runs: RunStore;
  readonly manager: RunManager;
  readonly clock: () => Date;
  readonly newId: () => string;
  /** Entries in one page of a list. */
  readonly pageSize: number;
}

export interface ArmRequest {
  readonly method: string;
  /** The variable segments of the path, decoded, by the names the route gives them. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** `https://127.0.0.1:port`, as the client addressed the server. */
  readonly origin: string;
  /** The path alone. */
  readonly path: string;
  /** The body as a JSON object, numbers kept as they were written; empty when there is none. @throws ArmError */
  body(): Readonly<Record<string, unknown>>;
}

export interface ArmResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export type Operation = (request: ArmRequest, service: FactoryService) => Promise<ArmResponse> | ArmResponse;
