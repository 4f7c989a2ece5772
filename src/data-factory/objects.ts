import { isJsonObject, type JsonObject, textAt, walk } from './json.ts';

/** The folders of a Data Factory git repository, and the resource type behind each. */
export const folders = {
  factory: { collection: '', reference: undefined },
  credential: { collection: 'credentials', reference: 'CredentialReference' },
  managedVirtualNetwork: { collection: 'managedVirtualNetworks', reference: 'ManagedVirtualNetworkReference' },
  integrationRuntime: { collection: 'integrationRuntimes', reference: 'IntegrationRuntimeReference' },
  linkedService: { collection: 'linkedservices', reference: 'LinkedServiceReference' },
  dataset: { collection: 'datasets', reference: 'DatasetReference' },
  dataflow: { collection: 'dataflows', reference: 'DataFlowReference' },
  pipeline: { collection: 'pipelines', reference: 'PipelineReference' },
  adfcdc: { collection: 'adfcdcs', reference: undefined },
  trigger: { collection: 'triggers', reference: 'TriggerReference' },
} as const;

export type Folder = keyof typeof folders;

export const folderNames = Object.keys(folders) as readonly Folder[];

/** One object of the factory as its file has it. */
export interface FactoryObject {
  readonly folder: Folder;
  /** A managed private endpoint is `<network>/<endpoint>` in the folder of its network. */
  readonly name: string;
  /** Where it was read, for messages. */
  readonly file: string;
  readonly body: JsonObject;
}

export type FactoryObjects = readonly FactoryObject[];

/** `pipeline/pl_orders`: how objects are named in plans, overrides and messages. */
export function keyOf(object: { readonly folder: Folder; readonly name: string }): string {
  return `${object.folder}/${object.name}`;
}

export interface Reference {
  readonly folder: Folder;
  readonly name: string;
  /** Dotted path of the reference inside the body. */
  readonly path: string;
  /** The arguments given along. */
  readonly parameters: JsonObject | undefined;
}

const byReferenceType: ReadonlyMap<string, Folder> = new Map(
  folderNames.flatMap((folder) => {
    const { reference } = folders[folder];
    return reference === undefined ? [] : [[reference, folder] as const];
  }),
);

/** Every `{ "referenceName": ..., "type": "...Reference" }` in a body; one whose name is an expression is left out. */
export function referencesOf(body: JsonObject): Reference[] {
  const references: Reference[] = [];
  walk(body, (value, path) => {
    if (!isJsonObject(value)) return;
    const name = textAt(value, 'referenceName');
    const folder = byReferenceType.get(textAt(value, 'type') ?? '');
    if (name === undefined || folder === undefined || name.startsWith('@')) return;
    const parameters = value['parameters'];
    references.push({ folder, name, path, parameters: isJsonObject(parameters) ? parameters : undefined });
  });
  return references;
}

/** The service brings this integration runtime itself. */
export const builtInIntegrationRuntime = 'AutoResolveIntegrationRuntime';
