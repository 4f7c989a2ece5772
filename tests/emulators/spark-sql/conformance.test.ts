import { readFileSync } from 'node:fs';
import type { Session } from '../../../emulators/databricks/engine/index.ts';
import { typeName } from '../../../emulators/delta/index.ts';
import { type EngineWorld, startEngine } from '../databricks/harness.ts';

/**
 * Expressions with the type and value, or the error class, that Apache Spark 4.0 gives with ANSI mode on and UTC. The expected members were written by
 * running the expressions there: `SELECT CAST(<sql> AS STRING)`.
 */
interface Case {
  readonly sql: string;
  readonly type?: string;
  readonly value?: string | null;
  readonly error?: string;
}

const cases = readFileSync(new URL('./conformance.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Case);

let world: EngineWorld;
let session: Session;
beforeAll(async () => {
  world = await startEngine();
  session = await world.engine.session();
});
afterAll(async () => {
  session.close();
  await world.close();
});

test.each(cases)('$sql', async ({ sql, type, value, error }) => {
  if (error !== undefined) {
    await expect(session.execute(`select ${sql} as v`)).rejects.toMatchObject({ errorClass: error });
    return;
  }
  const { columns } = await session.execute(`select ${sql} as v limit 0`);
  // Spark's simpleString: array<int>, decimal(10,2).
  const name = typeName(columns[0]!.type).toLowerCase();
  if (columns[0]!.type.kind === 'array') {
    const { rows } = await session.execute(`select array_join(v, ', ', 'null') from (select ${sql} as v)`);
    expect({ type: name, value: `[${rows[0]![0]}]` }).toEqual({ type, value });
    return;
  }
  const { rows } = await session.execute(`select cast(v as string) as v from (select ${sql} as v)`);
  expect({ type: name, value: rows[0]![0] }).toEqual({ type, value });
});
