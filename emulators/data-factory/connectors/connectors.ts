import type { ColumnBatches } from './columns.ts';

/** A linked service with its parameters put in: `type` and evaluated `typeProperties`. */
export interface LinkedService {
  readonly name: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** A dataset with its parameters put in. */
export interface Dataset {
  readonly name: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly linkedService: LinkedService;
}

/** The border between activities and the services they reach; tests put their own in. */
export interface Connectors {
  /** @throws ActivityError for a linked service of a type that is not implemented, and when the service cannot be reached. */
  openSql(linkedService: LinkedService, signal: AbortSignal): Promise<SqlConnection>;
  openLake(linkedService: LinkedService): Lake;
  readonly http: HttpClient;
  /** A bearer token of the factory's managed identity. */
  token(scope: string, signal: AbortSignal): Promise<string>;
}

export interface SqlParameter {
  /** Without `@`. */
  readonly name: string;
  /** Data Factory's name of the type: String, Int, Int64, Decimal, Boolean, Date, DateTime, Guid, ... */
  readonly type: string;
  readonly value: unknown;
  readonly output?: boolean;
  /** Characters or bytes; for output parameters. */
  readonly size?: number;
}

export interface SqlCommand {
  readonly kind: 'text' | 'procedure';
  /** The batch, or the procedure's name. */
  readonly text: string;
  readonly parameters: readonly SqlParameter[];
  /** Milliseconds; 0 waits for ever. */
  readonly timeout: number;
}

export interface SqlResult {
  /** Rows as JSON objects. */
  readonly resultSets: readonly (readonly Readonly<Record<string, unknown>>[])[];
  readonly rowsAffected: number;
  readonly outputParameters: Readonly<Record<string, unknown>>;
  /** What the server printed. */
  readonly messages: readonly string[];
}

export interface SqlConnection {
  /** Runs a command that returns rows, a batch of columns at a time. Reading slowly slows the server down. */
  stream(command: SqlCommand, signal: AbortSignal): Promise<ColumnBatches>;
  run(command: SqlCommand, signal: AbortSignal): Promise<SqlResult>;
  close(): Promise<void>;
}

export interface LakeItem {
  /** From the filesystem's root, without a leading slash. */
  readonly path: string;
  readonly isDirectory: boolean;
  /** Bytes. */
  readonly size: number;
  readonly lastModified: Date;
}

export interface Lake {
  /** Puts a local file at a path, in one step as far as readers can tell. @returns bytes. */
  upload(fileSystem: string, path: string, localFile: string, signal: AbortSignal): Promise<number>;
  stat(fileSystem: string, path: string, signal: AbortSignal): Promise<LakeItem | undefined>;
  list(fileSystem: string, path: string, recursive: boolean, signal: AbortSignal): AsyncIterable<LakeItem>;
  delete(fileSystem: string, path: string, recursive: boolean, signal: AbortSignal): Promise<void>;
}

export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
  /** Milliseconds. */
  readonly timeout: number;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type HttpClient = (request: HttpRequest) => Promise<HttpResponse>;
