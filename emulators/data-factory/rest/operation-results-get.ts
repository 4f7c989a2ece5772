import { ArmError } from './arm-error.ts';
import type { Operation } from './operation.ts';

/** What a long-running operation came to. Here they have ended by the time that anybody asks. */
export const operationResultsGet: Operation = (request, service) => {
  const id = request.parameters['operationId']!;
  if (!service.accepted.has(id))
    throw new ArmError(404, 'OperationNotFound', `The operation '${id}' could not be found.`, request.path);
  return { status: 200 };
};
