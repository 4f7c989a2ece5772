import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LockHeldError, takeLock } from './lock.ts';

/** The layout of the local environment's folder. A change that older state cannot be read with raises it. */
const stateVersion = 2;

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

export interface ClaimOptions {
  /** What the folder is to hold, as a text to compare; whatever it holds when not given. */
  readonly contents?: string;
  /** Start from nothing: what the folder holds is removed, of whatever version it is. */
  readonly fresh?: boolean;
}

export interface Claim {
  /** Where the state of other contents lies now. */
  readonly setAside?: string;
  /** Gives the folder back; `endpoints.json` goes with it. */
  release(): void;
}

/** Of no use to a later start: a folder that holds nothing else is empty. */
const transient = /^(lock(\.\d+)?|version|endpoints\.json|bench\.json|.*\.tmp)$/;

/**
 * Takes the folder for this process: makes it, refuses one that a live process holds or one of another version, and moves state of other
 * contents to `<directory>.previous`. Being killed anywhere in here loses nothing: the next claim goes on from there.
 * @throws LocalEnvironmentError saying what is in the way.
 */
export async function claim(directory: string, { contents, fresh = false }: ClaimOptions = {}): Promise<Claim> {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const endpointsFile = join(directory, 'endpoints.json');
    const unlock = await takeLock(join(directory, 'lock'));
    const release = (): void => {
      process.off('exit', release);
      rmSync(endpointsFile, { force: true });
      unlock();
    };
    // However the process ends, if it ends by itself: nobody is to wait for it, or to look for it.
    process.on('exit', release);
    try {
      checkOrigin(directory, fresh);
      if (fresh) for (const entry of stateIn(directory)) rmSync(join(directory, entry), { recursive: true });
      // One that a killed process left would send clients to ports where nobody listens, or somebody else.
      rmSync(endpointsFile, { force: true });
      const setAside = contents === undefined ? undefined : holdOnly(directory, contents);
      writeWhole(join(directory, 'version'), stateVersion);
      return { release, ...(setAside !== undefined && { setAside }) };
    } catch (error) {
      release();
      throw error;
    }
  } catch (error) {
    if (error instanceof LockHeldError)
      throw new LocalEnvironmentError(
        `local: ${directory} is in use by process ${error.holder}. Stop that one (Ctrl-C where it runs, or 'kill ${error.holder}'), then try again.`,
        { cause: error },
      );
    throw explainFileError(error, directory);
  }
}

/** Whether this is a local environment's folder and of this version; `fresh` asks for the first alone. */
function checkOrigin(directory: string, fresh: boolean): void {
  const file = join(directory, 'version');
  if (!existsSync(file)) {
    const foreign = stateIn(directory).filter((entry) => entry !== 'report.json');
    if (foreign.length === 0) return;
    throw new LocalEnvironmentError(
      `local: ${directory} holds ${foreign.slice(0, 3).join(', ')}${foreign.length > 3 ? ' and more' : ''}, but no local environment made it. Name a new or empty folder in DATAOPS_LOCAL, or remove what it holds.`,
    );
  }
  const found = readFileSync(file, 'utf8').trim();
  if (fresh || found === String(stateVersion)) return;
  throw new LocalEnvironmentError(
    `local: ${directory} was made by version ${found} of the local environment, this is version ${stateVersion}. Start clean with 'npm start -- --fresh'.`,
  );
}

/** Entries that hold state. */
function stateIn(directory: string): string[] {
  return readdirSync(directory).filter((entry) => !transient.test(entry));
}

/**
 * Moves state of other contents aside. The entries are gathered in `.previous.partial` first, what says of the contents last, so that a move
 * that was cut short is gone on with.
 * @returns where it went; undefined when there was none.
 */
function holdOnly(directory: string, contents: string): string | undefined {
  const label = join(directory, 'contents.json');
  const [previous, partial] = [`${directory}.previous`, `${directory}.previous.partial`];
  const same = existsSync(label) && readFileSync(label, 'utf8') === contents;
  let setAside: string | undefined;
  if (!same && (stateIn(directory).length > 0 || existsSync(partial))) {
    mkdirSync(partial, { recursive: true, mode: 0o700 });
    const entries = stateIn(directory).filter((entry) => entry !== 'contents.json');
    for (const entry of existsSync(label) ? [...entries, 'contents.json'] : entries)
      renameSync(join(directory, entry), join(partial, entry));
    writeFileSync(join(partial, 'version'), `${stateVersion}\n`);
    rmSync(previous, { recursive: true, force: true });
    renameSync(partial, previous);
    setAside = previous;
  }
  if (!same) writeWholeText(label, contents);
  return setAside;
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'it may not be written by this user',
  EPERM: 'it may not be written by this user',
  EROFS: 'it lies on a read-only file system',
  ENOSPC: 'the disk is full',
  EDQUOT: "the user's disk quota is used up",
  ENOTDIR: 'a part of its path is a file',
  EEXIST: 'it is a file',
  EXDEV: 'it and the folder beside it lie on different file systems',
};

/** A failure of the file system that the user can mend, said so; any other error as it is. */
export function explainFileError(error: unknown, directory: string): unknown {
  const { code = '', path, syscall } = error as NodeJS.ErrnoException;
  // Node says so of a folder that cannot be made, on a read-only file system too.
  const reason = code === 'ENOENT' && syscall === 'mkdir' ? 'it cannot be made there' : reasons[code];
  if (reason === undefined) return error;
  return new LocalEnvironmentError(
    `local: ${directory} cannot be used: ${reason} (${code}${path === undefined ? '' : ` at ${path}`}). Mend that, or name another folder in DATAOPS_LOCAL.`,
    { cause: error },
  );
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
  writeWholeText(file, `${JSON.stringify(value, null, 2)}\n`);
}

function writeWholeText(file: string, text: string): void {
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, text, { mode: 0o600 });
  renameSync(temporary, file);
}
