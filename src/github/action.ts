import * as core from '@actions/core';
import { connect } from '../environments/connect.ts';
import { loadEnvironment } from '../environments/load.ts';
import { ConfigurationError } from '../errors.ts';
import type { Progress } from '../progress.ts';
import type { Platform } from '../run/platform.ts';
import { requiredText } from './inputs.ts';

/**
 * Runs an action's body with the environment that the input `environment` names. A failure ends the step: a configuration error as its plain
 * message, anything else with its stack.
 */
export async function runAction(body: (platform: Platform, progress: Progress) => Promise<void>): Promise<void> {
  try {
    const environment = loadEnvironment(requiredText('environment'));
    for (const secret of [
      environment.endpoints.azureSql.password,
      environment.endpoints.dataLake.key,
      environment.endpoints.databricks.token,
    ])
      if (secret) core.setSecret(secret);
    await body({ environment, credential: connect(environment) }, ({ message }) => core.info(message));
  } catch (error) {
    core.setFailed(error instanceof ConfigurationError ? error.message : String((error as Error).stack ?? error));
  }
}

/** Sets several outputs at once. */
export function setOutputs(outputs: Readonly<Record<string, string | number | boolean>>): void {
  for (const [name, value] of Object.entries(outputs)) core.setOutput(name, value);
}

/** Ends the step as failed, with a message. */
export function fail(message: string): void {
  core.setFailed(message);
}
