import type { FactoryResource } from '../store/object-store.ts';
import { ArmError } from './arm-error.ts';
import type { ArmRequest, FactoryIdentity, FactoryService } from './operation.ts';

/** What the operations on the factory itself share. */

export function resourceIdOf({ subscriptionId, resourceGroup, name }: FactoryIdentity): string {
  return `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.DataFactory/factories/${name}`;
}

export function presentFactory(
  { resourceId, identity }: FactoryService,
  factory: FactoryResource,
): Record<string, unknown> {
  return { name: identity.name, id: resourceId, type: 'Microsoft.DataFactory/factories', ...factory };
}

/** One factory is served; any other address is answered as ARM answers what does not exist. */
export function requireAddress(request: ArmRequest, { identity }: FactoryService): void {
  const { subscriptionId, resourceGroup, factoryName } = request.parameters;
  const differs = (given: string | undefined, own: string) =>
    given !== undefined && given.toLowerCase() !== own.toLowerCase();
  if (differs(subscriptionId, identity.subscriptionId))
    throw new ArmError(404, 'SubscriptionNotFound', `The subscription '${subscriptionId}' could not be found.`);
  if (differs(resourceGroup, identity.resourceGroup))
    throw new ArmError(404, 'ResourceGroupNotFound', `Resource group '${resourceGroup}' could not be found.`);
  if (differs(factoryName, identity.name)) throw factoryNotFound(factoryName!, identity.resourceGroup);
}

export function factoryNotFound(name: string, resourceGroup: string): ArmError {
  return new ArmError(
    404,
    'ResourceNotFound',
    `The Resource 'Microsoft.DataFactory/factories/${name}' under resource group '${resourceGroup}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`,
  );
}

export function requireFactory({ objects, identity }: FactoryService): FactoryResource {
  const factory = objects.factory();
  if (factory === undefined) throw factoryNotFound(identity.name, identity.resourceGroup);
  return factory;
}

/** A factory as it is kept: what the client may set, and what the service adds. */
export function makeFactory(
  given: Readonly<Record<string, unknown>>,
  previous: FactoryResource | undefined,
  { newId, clock }: Pick<FactoryService, 'newId' | 'clock'>,
): FactoryResource {
  const before = (previous?.['properties'] ?? {}) as Record<string, unknown>;
  const wanted = (given['properties'] ?? {}) as Record<string, unknown>;
  const identity = (given['identity'] ?? previous?.['identity']) as Record<string, unknown> | undefined;
  return {
    ...(given['location'] === undefined ? {} : { location: given['location'] }),
    tags: given['tags'] ?? {},
    ...(identity === undefined
      ? {}
      : {
          identity: {
            principalId: newId(),
            tenantId: newId(),
            ...(previous?.['identity'] as object | undefined),
            ...identity,
          },
        }),
    properties: {
      // A PUT that says nothing of global parameters leaves them: publish tools write them separately.
      ...(before['globalParameters'] === undefined ? {} : { globalParameters: before['globalParameters'] }),
      ...wanted,
      provisioningState: 'Succeeded',
      createTime: before['createTime'] ?? clock().toISOString(),
      version: '2018-06-01',
    },
    eTag: newId(),
  };
}
