import { globalParametersOf, presentGlobalParameters } from './global-parameters.ts';
import { page } from './objects.ts';
import type { Operation } from './operation.ts';

export const globalParametersList: Operation = (request, service) => {
  const parameters = globalParametersOf(service);
  return page(request, service, parameters === undefined ? [] : [presentGlobalParameters(service, parameters)]);
};
