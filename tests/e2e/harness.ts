import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import sql from 'mssql';

export const root = resolve(import.meta.dirname, '../..');

export interface LocalFixture {
  readonly directory: string;
  readonly endpointsFile: string;
  readonly process: ChildProcess;
  /** Ends it; its folder goes, unless it is kept. */
  close(options?: { readonly keep?: boolean }): Promise<void>;
}

/** The local environment, in a child process on ports of its own. */
export async function startLocalFixture(
  directory = mkdtempSync(join(tmpdir(), 'dataops-e2e-')),
): Promise<LocalFixture> {
  const child = fork(join(root, 'emulators/main.ts'), [JSON.stringify({ directory })], {
    execArgv: [],
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  });
  let errors = '';
  child.stderr!.on('data', (data: Buffer) => {
    errors = (errors + data.toString()).slice(-4_000);
  });
  const exited = once(child, 'exit');
  const answer = await Promise.race([
    once(child, 'message').then(([message]) => message as { type: string; endpointsFile: string; message?: string }),
    exited.then(() => ({ type: 'failed', endpointsFile: '', message: errors })),
  ]);
  if (answer.type !== 'ready') throw new Error(`the local environment did not start: ${answer.message}`);
  return {
    directory,
    endpointsFile: answer.endpointsFile,
    process: child,
    async close({ keep = false } = {}) {
      if (child.exitCode === null && child.signalCode === null) {
        child.send('close');
        await exited;
      }
      if (!keep) rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Work on one of the environment's databases, as a user's own client would connect. */
export async function withDatabase<T>(
  local: LocalFixture,
  service: 'azureSql' | 'synapse',
  work: (pool: sql.ConnectionPool) => Promise<T>,
): Promise<T> {
  const endpoints = JSON.parse(readFileSync(local.endpointsFile, 'utf8')) as Record<
    typeof service,
    { host: string; port: number; database: string; user: string; password: string }
  >;
  const { host, port, database, user, password } = endpoints[service];
  const pool = await new sql.ConnectionPool({
    server: host,
    port,
    database,
    user,
    password,
    options: { encrypt: true, trustServerCertificate: true },
  }).connect();
  try {
    return await work(pool);
  } finally {
    await pool.close();
  }
}

export interface Ran {
  readonly code: number | null;
  readonly output: string;
}

/** Runs a program of the repository as a child process of its own. */
export async function run(
  local: LocalFixture,
  file: string,
  argumentList: readonly string[],
  env: Record<string, string> = {},
): Promise<Ran> {
  const { GITHUB_ACTIONS: _, ...inherited } = process.env;
  const child = spawn(process.execPath, [join(root, file), ...argumentList], {
    env: {
      ...inherited,
      DATAOPS_ENDPOINTS: local.endpointsFile,
      NODE_OPTIONS: '',
      NODE_COMPILE_CACHE: join(tmpdir(), 'dataops-compile-cache'),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data: Buffer) => {
      output += data.toString();
    });
  const [code] = await once(child, 'close');
  return { code: code as number | null, output };
}

export interface ActionRun extends Ran {
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
}

/** Runs an action as the runner does: inputs with the defaults of action.yml, files for outputs and summary. */
export async function runAction(local: LocalFixture, name: string, inputs: Record<string, string>): Promise<ActionRun> {
  const { parse } = await import('yaml');
  const definition = parse(readFileSync(join(root, 'actions', name, 'action.yml'), 'utf8')) as {
    inputs: Record<string, { default?: string }>;
    runs: { main: string };
  };
  const folder = mkdtempSync(join(tmpdir(), 'dataops-action-'));
  const [outputFile, summaryFile] = [join(folder, 'output'), join(folder, 'summary')];
  writeFileSync(outputFile, '');
  writeFileSync(summaryFile, '');
  const given = Object.entries(definition.inputs).map(([input, { default: value = '' }]) => [
    `INPUT_${input.replaceAll(' ', '_').toUpperCase()}`,
    inputs[input] ?? value,
  ]);
  try {
    const ran = await run(local, join('actions', name, definition.runs.main), [], {
      ...Object.fromEntries(given),
      GITHUB_OUTPUT: outputFile,
      GITHUB_STEP_SUMMARY: summaryFile,
    });
    return {
      ...ran,
      outputs: readOutputs(readFileSync(outputFile, 'utf8')),
      summary: readFileSync(summaryFile, 'utf8'),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** `name<<delimiter`, value, `delimiter`: how the toolkit writes outputs. */
function readOutputs(text: string): Record<string, string> {
  const outputs: Record<string, string> = {};
  for (const match of text.matchAll(/^(.+?)<<(\S+)\n([\s\S]*?)\n\2$/gm)) outputs[match[1]!] = match[3]!;
  return outputs;
}
