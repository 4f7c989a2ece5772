/** The kinds of object a factory holds, by the collection's name in the URL (which ARM compares without regard to case). */
export interface ObjectKind {
  /** As the service spells it in ids and types. */
  readonly collection: string;
  /** The `type` of a reference to such an object, where objects can be referred to. */
  readonly reference?: string;
  /** Objects that every factory has. */
  readonly builtIn: readonly string[];
}

const kind = (collection: string, reference?: string, builtIn: readonly string[] = []): ObjectKind => ({
  collection,
  ...(reference === undefined ? {} : { reference }),
  builtIn,
});

export const objectKinds: readonly ObjectKind[] = [
  kind('pipelines', 'PipelineReference'),
  kind('datasets', 'DatasetReference'),
  kind('linkedservices', 'LinkedServiceReference'),
  kind('triggers', 'TriggerReference'),
  kind('dataflows', 'DataFlowReference'),
  kind('integrationRuntimes', 'IntegrationRuntimeReference', ['AutoResolveIntegrationRuntime']),
  kind('credentials', 'CredentialReference'),
  kind('managedVirtualNetworks', 'ManagedVirtualNetworkReference'),
  kind('globalParameters'),
];

export function findKind(collection: string): ObjectKind | undefined {
  return objectKinds.find((candidate) => candidate.collection.toLowerCase() === collection.toLowerCase());
}
