import { ArmError } from './arm-error.ts';
import { globalParametersOf, presentGlobalParameters, requireDefault } from './global-parameters.ts';
import type { Operation } from './operation.ts';

export const globalParametersGet: Operation = (request, service) => {
  requireDefault(request);
  const parameters = globalParametersOf(service);
  if (parameters === undefined)
    throw new ArmError(
      404,
      'EntityNotFound',
      'The document could not be retrieved because it does not exist.',
      request.path,
    );
  return { status: 200, body: presentGlobalParameters(service, parameters) };
};
