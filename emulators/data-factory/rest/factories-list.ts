import { presentFactory } from './factories.ts';
import { page } from './objects.ts';
import type { Operation } from './operation.ts';

export const factoriesList: Operation = (request, service) => {
  const factory = service.objects.factory();
  return page(request, service, factory === undefined ? [] : [presentFactory(service, factory)]);
};
