import { makeFactory, presentFactory } from './factories.ts';
import { checkIfMatch } from './objects.ts';
import type { Operation } from './operation.ts';

export const factoriesCreateOrUpdate: Operation = async (request, service) => {
  const previous = service.objects.factory();
  checkIfMatch(request, previous?.['eTag'] as string | undefined);
  const factory = makeFactory(request.body(), previous, service);
  await service.objects.putFactory(factory);
  return { status: 200, body: presentFactory(service, factory) };
};
