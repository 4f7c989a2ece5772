import { ArmError } from './arm-error.ts';
import { requireFactory } from './factories.ts';
import type { ArmRequest, FactoryService } from './operation.ts';

/**
 * A factory's global parameters are one resource, `globalParameters/default`, and at the same time the property of that name of the
 * factory: two ways to the same values.
 */
export interface GlobalParameters {
  readonly [name: string]: { readonly type: string; readonly value: unknown };
}

export function globalParametersOf(service: FactoryService): GlobalParameters | undefined {
  return (service.objects.factory()?.['properties'] as { globalParameters?: GlobalParameters } | undefined)
    ?.globalParameters;
}

export async function setGlobalParameters(
  service: FactoryService,
  parameters: GlobalParameters | undefined,
): Promise<void> {
  const factory = requireFactory(service);
  const { globalParameters: _, ...properties } = factory['properties'] as Record<string, unknown>;
  await service.objects.putFactory({
    ...factory,
    eTag: service.newId(),
    properties: parameters === undefined ? properties : { ...properties, globalParameters: parameters },
  });
}

export function presentGlobalParameters(
  service: FactoryService,
  properties: GlobalParameters,
): Record<string, unknown> {
  return {
    id: `${service.resourceId}/globalParameters/default`,
    name: 'default',
    type: 'Microsoft.DataFactory/factories/globalParameters',
    properties,
    etag: requireFactory(service)['eTag'],
  };
}

export function requireDefault(request: ArmRequest): void {
  const name = request.parameters['globalParameterName']!;
  if (name.toLowerCase() !== 'default')
    throw new ArmError(
      400,
      'BadRequest',
      `The global parameter resource '${name}' is not valid; the only one is 'default'.`,
      request.path,
    );
}
