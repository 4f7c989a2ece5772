import { writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { environmentOption } from './options.ts';

export function validateCommand(): Command {
  return new Command('validate')
    .description('hold the gates over bronze, silver and gold; exits with 1 when an error-level one fails')
    .addOption(environmentOption())
    .option('--junit-file <file>', 'write the gates as a JUnit report too')
    .addHelpText('after', '\nExample:\n  npx dataops validate --env dev --junit-file gates.xml')
    .action(async (options: { env: string; junitFile?: string }) => {
      const { toJUnit } = await import('../medallion/junit.ts');
      const { validateMedallion } = await import('../medallion/validate.ts');
      const { openPlatform, printProgress } = await import('./environment.ts');
      const { gateSummary } = await import('./print-report.ts');
      const { environment, credential } = openPlatform(options.env);
      const { gates, passed } = await validateMedallion(environment, credential, { progress: printProgress });
      if (options.junitFile !== undefined) writeFileSync(options.junitFile, toJUnit(gates));
      console.log(gateSummary(gates));
      if (!passed) process.exitCode = 1;
    });
}
