import { deployDatabricks } from '../databricks/deploy.ts';
import { deploySynapse } from '../synapse/deploy.ts';
import { publishFactory } from './factory.ts';
import { captureChanges, provision } from './operations.ts';
import type { Platform } from './platform.ts';
import type { Steps } from './steps.ts';

/** The source: schema, procedures, change data capture. Safe to run again. */
export async function setUpSource(platform: Platform, steps: Steps): Promise<void> {
  await steps.run(
    'provision source schema',
    (progress) => provision(platform, progress),
    ({ applied, unchanged }) => `${applied.length} scripts applied, ${unchanged.length} unchanged`,
  );
  await steps.run(
    'enable CDC',
    (progress) => captureChanges(platform, progress),
    ({ tables, drift }) => `${tables.length} tables captured${drift.length > 0 ? `, ${drift.length} drifted` : ''}`,
  );
}

/** What carries and refines: the models' job, and the pipelines that call it. Safe to run again. */
export async function setUpPipelines({ environment, credential }: Platform, steps: Steps): Promise<void> {
  await steps.run(
    'deploy models',
    (progress) => deployDatabricks(environment, credential, { progress }),
    ({ tasks, outcome }) => `job ${outcome}, ${tasks} tasks`,
  );
  await steps.run(
    'publish adf/',
    (progress) => publishFactory({ environment, credential }, {}, progress),
    ({ created, updated, unchanged }) => `${created} created, ${updated} updated, ${unchanged} unchanged`,
  );
}

/** The serverless views. They need the tables that the first run of the job makes. */
export async function setUpServing({ environment, credential }: Platform, steps: Steps): Promise<void> {
  await steps.run(
    'deploy Synapse views',
    (progress) => deploySynapse(environment, credential, { progress }),
    ({ views, database }) => `${views} views in ${database}`,
  );
}
