import { findKind } from '../store/object-kinds.ts';
import { requireObject } from './objects.ts';
import type { Operation } from './operation.ts';

const triggers = findKind('triggers')!;

/** Start and stop, which have ended when they answer. The state is kept; schedules do not fire here. */
function setState(runtimeState: 'Started' | 'Stopped'): Operation {
  return async (request, service) => {
    const name = request.parameters['triggerName']!;
    const trigger = requireObject(request, service, triggers, name);
    await service.objects.put(triggers, name, { ...trigger.properties, runtimeState });
    // A long-running operation that ends with 200 as documented: some SDKs take nothing else.
    return { status: 200 };
  };
}

export const triggersStart = setState('Started');
export const triggersStop = setState('Stopped');
