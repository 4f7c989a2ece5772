import { presentFactory, requireFactory } from './factories.ts';
import { notModified } from './objects.ts';
import type { Operation } from './operation.ts';

export const factoriesGet: Operation = (request, service) => {
  const factory = requireFactory(service);
  if (notModified(request, String(factory['eTag']))) return { status: 304 };
  return { status: 200, body: presentFactory(service, factory) };
};
