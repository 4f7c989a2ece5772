import { referrerOf } from '../store/references.ts';
import { ArmError } from './arm-error.ts';
import { checkIfMatch, kindOf } from './objects.ts';
import type { Operation } from './operation.ts';

/** 204 for what is not there, as ARM has it; refused while something refers to it. */
export const objectsDelete: Operation = async (request, service) => {
  const kind = kindOf(request);
  const name = request.parameters['name']!;
  const existing = service.objects.get(kind, name);
  if (existing === undefined) return { status: 204 };
  checkIfMatch(request, existing.etag);
  if (existing.properties['runtimeState'] === 'Started' && kind.collection === 'triggers')
    throw new ArmError(
      400,
      'TriggerEnabledCannotDelete',
      'Cannot delete enabled Trigger; the trigger needs to be disabled first. ',
    );
  const referrer = referrerOf(service.objects, kind, name);
  if (referrer !== undefined)
    throw new ArmError(
      400,
      'BadRequest',
      `The document cannot be deleted since it is referenced by ${referrer}.`,
      request.path,
    );
  await service.objects.delete(kind, name);
  return { status: 200 };
};
