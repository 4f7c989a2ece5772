import { kindOf, page, present } from './objects.ts';
import type { Operation } from './operation.ts';

export const objectsList: Operation = (request, service) => {
  const kind = kindOf(request);
  return page(
    request,
    service,
    service.objects.list(kind).map((one) => present(service, kind, one)),
  );
};
