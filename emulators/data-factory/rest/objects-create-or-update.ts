import { brokenReference } from '../store/references.ts';
import { ArmError } from './arm-error.ts';
import { checkIfMatch, kindOf, present } from './objects.ts';
import type { Operation } from './operation.ts';

/** "Naming rules": up to 260 characters, beginning with a letter, a digit or an underscore. */
const validName = /^[A-Za-z0-9_][^<>*#.%&:\\+?/]{0,259}$/;

/** PUT of any kind of object. What it refers to must be there already. */
export const objectsCreateOrUpdate: Operation = async (request, service) => {
  const kind = kindOf(request);
  const name = request.parameters['name']!;
  if (!validName.test(name)) throw new ArmError(400, 'BadRequest', `Invalid resource name '${name}'.`, request.path);
  const given = request.body()['properties'];
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new ArmError(400, 'BadRequest', `The request body has no 'properties' object.`, request.path);
  let properties = given as Readonly<Record<string, unknown>>;
  const existing = service.objects.get(kind, name);
  checkIfMatch(request, existing?.etag);

  if (kind.collection === 'triggers') {
    const state = existing?.properties['runtimeState'] ?? 'Stopped';
    if (state === 'Started')
      throw new ArmError(
        400,
        'TriggerEnabledCannotUpdate',
        'Cannot update enabled Trigger; the trigger needs to be disabled first. ',
      );
    // The service's own: what a client sends is not looked at.
    properties = { ...properties, runtimeState: state };
  }
  const broken = brokenReference(service.objects, properties);
  // A pipeline may call itself, and a trigger depend on itself.
  if (broken !== undefined && !(broken.kind === kind && broken.name.toLowerCase() === name.toLowerCase()))
    throw new ArmError(
      400,
      'BadRequest',
      `The document creation or update failed because of invalid reference '${broken.name}'.`,
      request.path,
    );
  return { status: 200, body: present(service, kind, await service.objects.put(kind, name, properties)) };
};
