import { ArmError } from './arm-error.ts';
import {
  type GlobalParameters,
  presentGlobalParameters,
  requireDefault,
  setGlobalParameters,
} from './global-parameters.ts';
import type { Operation } from './operation.ts';

export const globalParametersCreateOrUpdate: Operation = async (request, service) => {
  requireDefault(request);
  const properties = request.body()['properties'];
  if (typeof properties !== 'object' || properties === null || Array.isArray(properties))
    throw new ArmError(400, 'BadRequest', `The request body has no 'properties' object.`, request.path);
  await setGlobalParameters(service, properties as GlobalParameters);
  return { status: 200, body: presentGlobalParameters(service, properties as GlobalParameters) };
};
