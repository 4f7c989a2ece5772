/**
 * Holds what we write for the cloud against the vendors' own compilers: `sql/` and the serverless SQL against Microsoft's T-SQL parser,
 * `adf/` against the Data Factory resource types, `bicep/` against the Bicep CLI. They are found through BICEP_CLI and VENDOR_TOOLS; one that is not there is
 * named, and with --require-all is a failure.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { readModels } from '../../src/databricks/models.ts';
import { compileViews } from '../../src/synapse/views.ts';

const root = resolve(import.meta.dirname, '../..');
const requireAll = process.argv.includes('--require-all');
const tools = process.env['VENDOR_TOOLS'];
const bicep = process.env['BICEP_CLI'] ?? (tools && join(tools, 'bicep'));
const tsqlCheck = tools && join(tools, 'tsql-check');
const adfTypes = tools && join(tools, 'adf-types.mjs');

interface Check {
  readonly name: string;
  readonly tool: string | undefined;
  readonly command: readonly string[];
  /** True when standard error must be empty too: the Bicep CLI tells warnings there and succeeds. */
  readonly silent?: boolean;
}

function checks(temporary: string): Check[] {
  writeFileSync(join(temporary, 'views.sql'), compileViews(readModels(join(root, 'databricks'))).join('\nGO\n'));
  const bicepFolder = join(root, 'bicep');
  const parameters = readdirSync(bicepFolder).filter((file) => file.endsWith('.bicepparam'));
  return [
    { name: 'sql/ is T-SQL for Azure SQL', tool: tsqlCheck, command: ['--dialect', 'azure-sql', join(root, 'sql')] },
    {
      name: 'synapse/ is T-SQL for a serverless pool',
      tool: tsqlCheck,
      command: ['--dialect', 'serverless', join(root, 'synapse')],
    },
    {
      name: 'the compiled views are too',
      tool: tsqlCheck,
      command: ['--dialect', 'serverless', join(temporary, 'views.sql')],
    },
    { name: 'adf/ fits the Data Factory types', tool: adfTypes, command: [join(root, 'adf')] },
    {
      name: 'bicep/main.bicep compiles',
      tool: bicep,
      command: ['build', join(bicepFolder, 'main.bicep'), '--stdout'],
      silent: true,
    },
    { name: 'bicep/main.bicep lints', tool: bicep, command: ['lint', join(bicepFolder, 'main.bicep')], silent: true },
    ...parameters.map((file) => ({
      name: `bicep/${file} fits main.bicep`,
      tool: bicep,
      command: ['build-params', join(bicepFolder, file), '--stdout'],
      silent: true,
    })),
  ];
}

function run({ tool, command, silent }: Check): string | undefined {
  const [program, argumentList] = tool!.endsWith('.mjs') ? [process.execPath, [tool!, ...command]] : [tool!, command];
  const result = spawnSync(program, argumentList, {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
    env: { ...process.env, ...(bicep && { BICEP_CLI: bicep }), DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: '1' },
  });
  if (result.error) return result.error.message;
  if (result.status === 0 && !(silent && result.stderr.trim() !== '')) return undefined;
  return [silent ? '' : result.stdout, result.stderr].join('\n').trim().slice(0, 4_000);
}

const temporary = mkdtempSync(join(tmpdir(), 'dataops-vendor-'));
const tally = { passed: 0, failed: 0, skipped: 0 };
try {
  for (const check of checks(temporary)) {
    if (!check.tool || !existsSync(check.tool)) {
      tally[requireAll ? 'failed' : 'skipped']++;
      console.log(
        `MISSING  ${check.name}: ${check.tool ?? 'set VENDOR_TOOLS (a folder) or BICEP_CLI (the Bicep CLI)'} was not found`,
      );
      continue;
    }
    const finding = run(check);
    tally[finding === undefined ? 'passed' : 'failed']++;
    console.log(
      `${finding === undefined ? 'ok      ' : 'FAILED  '} ${check.name}${finding === undefined ? '' : `\n${finding}`}`,
    );
  }
} finally {
  rmSync(temporary, { recursive: true, force: true });
}
console.log(`${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped`);
process.exitCode = tally.failed > 0 ? 1 : 0;
