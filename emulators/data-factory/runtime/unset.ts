/**
 * A definition without the properties that are null: the service reads null as "not set", and its clients for Go and .NET
 * write null for what the caller left out. Null stays where a definition holds data: values, and what is given for parameters.
 */
export function withoutUnset<T>(definition: T): T {
  const set = withoutNulls(definition) as Record<string, unknown>;
  for (const declared of ['parameters', 'variables']) {
    const specifications = Object.entries(set[declared] ?? {});
    if (specifications.length > 0)
      set[declared] = Object.fromEntries(specifications.map(([name, each]) => [name, withoutNulls(each)]));
  }
  return set as T;
}

/** Fields whose content is the caller's own, down to its last null. */
const data = new Set(['value', 'defaultValue', 'parameters', 'jobParameters', 'storedProcedureParameters', 'body']);

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, field]: [string, unknown]) => {
      if (field === null) return name === 'value' ? [[name, field]] : [];
      return [[name, data.has(name) && !Array.isArray(field) ? field : withoutNulls(field)]];
    }),
  );
}
