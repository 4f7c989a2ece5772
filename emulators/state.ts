import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The layout of the local environment's folder. A change that older state cannot be read with raises it. */
const stateVersion = 1;

/** A failure to start that the user can mend; its message says how. */
export class LocalEnvironmentError extends Error {
  override readonly name = 'LocalEnvironmentError';
}

/** Secrets of this one local environment, for clients of the user's. They open nothing else and never leave the machine. */
export interface LocalSecrets {
  readonly sqlPassword: string;
  /** Base64, as storage keys are. */
  readonly lakeKey: string;
  readonly databricksToken: string;
}

/**
 * Takes the folder for this process: makes it, refuses one of another version or one that a live process holds.
 * @returns the function that gives it back.
 */
export function claim(directory: string, processId: number): () => void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const versionFile = join(directory, 'version');
  if (existsSync(versionFile)) {
    const found = readFileSync(versionFile, 'utf8').trim();
    if (found !== String(stateVersion))
      throw new LocalEnvironmentError(
        `local: ${directory} was made by version ${found} of the local environment, this is version ${stateVersion}. Start clean with 'npm start -- --fresh'.`,
      );
  }
  const lockFile = join(directory, 'lock');
  for (;;) {
    try {
      writeFileSync(lockFile, String(processId), { flag: 'wx' });
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const holder = Number(readFileSync(lockFile, 'utf8'));
      if (isAlive(holder))
        throw new LocalEnvironmentError(
          `local: ${directory} is in use by process ${holder}. Stop that one (Ctrl-C where it runs, or 'kill ${holder}'), then try again.`,
        );
      rmSync(lockFile, { force: true });
    }
  }
  writeFileSync(versionFile, `${stateVersion}\n`);
  return () => rmSync(lockFile, { force: true });
}

function isAlive(processId: number): boolean {
  if (!Number.isInteger(processId) || processId <= 0 || processId === process.pid) return false;
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The environment's secrets: made on first use, the same ever after. */
export function secretsOf(directory: string): LocalSecrets {
  const file = join(directory, 'secrets.json');
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as LocalSecrets;
  const secrets: LocalSecrets = {
    sqlPassword: `${randomBytes(18).toString('base64url')}aA1!`,
    lakeKey: randomBytes(64).toString('base64'),
    databricksToken: `dapi${randomBytes(16).toString('hex')}`,
  };
  writeWhole(file, secrets);
  return secrets;
}

/** Writes a JSON file that only the user reads, whole or not at all. */
export function writeWhole(file: string, value: unknown): void {
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  renameSync(temporary, file);
}
