import { badDefinition } from '../runtime/activity-error.ts';
import type { ParameterSpecification, ResourceReference } from '../runtime/definitions.ts';
import { evaluate } from '../runtime/evaluate.ts';
import type { Host } from '../runtime/host.ts';
import { bindParameters } from '../runtime/parameters.ts';
import type { Scope } from '../runtime/scope.ts';
import type { Dataset, LinkedService } from './connectors.ts';

interface Definition {
  readonly type: string;
  readonly parameters?: Readonly<Record<string, ParameterSpecification>>;
  readonly typeProperties?: Readonly<Record<string, unknown>>;
  readonly linkedServiceName?: ResourceReference;
}

/** A linked service with the reference's parameters put in, which are evaluated where the reference stands. */
export function resolveLinkedService(host: Host, reference: ResourceReference, scope: Scope): LinkedService {
  const definition = find(host, 'linkedservices', 'linked service', reference.referenceName);
  const linkedService = bind(`linked service '${reference.referenceName}'`, definition, reference, scope);
  return {
    name: reference.referenceName,
    type: definition.type,
    properties: (evaluate(definition.typeProperties ?? {}, { ambient: scope.ambient, linkedService }) ?? {}) as Record<
      string,
      unknown
    >,
  };
}

/** A dataset with the reference's parameters put in, and the linked service it stands on. */
export function resolveDataset(host: Host, reference: ResourceReference, scope: Scope): Dataset {
  const definition = find(host, 'datasets', 'dataset', reference.referenceName);
  const dataset = bind(`dataset '${reference.referenceName}'`, definition, reference, scope);
  const inner: Scope = { ambient: scope.ambient, dataset };
  if (definition.linkedServiceName === undefined)
    throw badDefinition(`Dataset '${reference.referenceName}' names no linked service.`);
  return {
    name: reference.referenceName,
    type: definition.type,
    properties: (evaluate(definition.typeProperties ?? {}, inner) ?? {}) as Record<string, unknown>,
    linkedService: resolveLinkedService(host, definition.linkedServiceName, inner),
  };
}

function find(host: Host, collection: 'datasets' | 'linkedservices', what: string, name: string): Definition {
  const found = host.findObject(collection, name);
  if (found === undefined)
    throw badDefinition(`The ${what} '${name}' does not exist in factory '${host.factoryName}'.`);
  return found as unknown as Definition;
}

function bind(
  owner: string,
  definition: Definition,
  reference: ResourceReference,
  scope: Scope,
): Record<string, unknown> {
  const given = evaluate(reference.parameters ?? {}, scope) as Record<string, unknown>;
  return bindParameters(owner, definition.parameters, given);
}
