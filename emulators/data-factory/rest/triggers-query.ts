import { findKind } from '../store/object-kinds.ts';
import { present } from './objects.ts';
import type { Operation } from './operation.ts';

const triggers = findKind('triggers')!;

/** The triggers, or those that depend on the parent named in the body. */
export const triggersQuery: Operation = (request, service) => {
  const parent = request.body()['parentTriggerName'];
  const value = service.objects
    .list(triggers)
    .filter(({ properties }) => parent === undefined || JSON.stringify(properties).includes(JSON.stringify(parent)))
    .map((one) => present(service, triggers, one));
  return { status: 200, body: { value } };
};
