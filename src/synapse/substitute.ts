import { ConfigurationError } from '../errors.ts';

/**
 * Replaces `$(name)` as sqlcmd does. The values stand inside T-SQL strings, so a quote in one is refused.
 * @param file the script's name, for messages.
 */
export function substitute(file: string, script: string, values: Readonly<Record<string, string>>): string {
  return script.replace(/\$\((\w+)\)/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined)
      throw new ConfigurationError(
        `synapse/${file}: $(${name}) is not a variable; known: ${Object.keys(values).join(', ')}.`,
      );
    if (value.includes("'"))
      throw new ConfigurationError(`synapse/${file}: $(${name}) is ${value}; expected no quote in it.`);
    return value;
  });
}
