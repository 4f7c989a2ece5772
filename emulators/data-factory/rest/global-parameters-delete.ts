import { globalParametersOf, requireDefault, setGlobalParameters } from './global-parameters.ts';
import type { Operation } from './operation.ts';

export const globalParametersDelete: Operation = async (request, service) => {
  requireDefault(request);
  if (globalParametersOf(service) === undefined) return { status: 204 };
  await setGlobalParameters(service, undefined);
  return { status: 200 };
};
