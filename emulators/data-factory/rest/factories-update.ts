import { presentFactory, requireFactory } from './factories.ts';
import type { Operation } from './operation.ts';

/** PATCH: tags, identity and public network access; the rest stays. */
export const factoriesUpdate: Operation = async (request, service) => {
  const before = requireFactory(service);
  const { tags, identity, properties } = request.body();
  const factory = {
    ...before,
    ...(tags === undefined ? {} : { tags }),
    ...(identity === undefined
      ? {}
      : { identity: { ...(before['identity'] as object | undefined), ...(identity as object) } }),
    properties: { ...(before['properties'] as object), ...(properties as object | undefined) },
    eTag: service.newId(),
  };
  await service.objects.putFactory(factory);
  return { status: 200, body: presentFactory(service, factory) };
};
