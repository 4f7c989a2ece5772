import { findKind } from '../store/object-kinds.ts';
import { requireObject } from './objects.ts';
import type { Operation } from './operation.ts';

const triggers = findKind('triggers')!;

/** Start and stop: accepted (202), to be followed at `Location`. The state is kept; schedules do not fire here. */
function setState(runtimeState: 'Started' | 'Stopped'): Operation {
  return async (request, service) => {
    const name = request.parameters['triggerName']!;
    const trigger = requireObject(request, service, triggers, name);
    await service.objects.put(triggers, name, { ...trigger.properties, runtimeState });
    const id = service.newId();
    service.accepted.add(id);
    const location = `${request.origin}${service.resourceId}/operationresults/${id}?api-version=${request.query.get('api-version')}`;
    return { status: 202, headers: { location, 'retry-after': '0' } };
  };
}

export const triggersStart = setState('Started');
export const triggersStop = setState('Stopped');
