import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Database } from '../sql-server/index.ts';
import { SqlError } from '../tsql/sql-error.ts';

const extension = '.duckdb';

/** The pool's databases: each a file that holds its schemas, views and data sources. `master` is always there. */
export class Databases {
  readonly #folder: string;
  readonly #open = new Map<string, { database: Database; id: number }>();
  readonly #settings: { readonly clock: () => Date; readonly memoryLimit: string; readonly threads: number };

  private constructor(folder: string, settings: { clock: () => Date; memoryLimit: string; threads: number }) {
    this.#folder = folder;
    this.#settings = settings;
  }

  static async open(
    folder: string,
    settings: { clock: () => Date; memoryLimit: string; threads: number },
  ): Promise<Databases> {
    const databases = new Databases(folder, settings);
    await databases.#add('master');
    for (const file of readdirSync(folder).sort())
      if (file.endsWith(extension) && file !== `master${extension}`)
        await databases.#add(file.slice(0, -extension.length));
    return databases;
  }

  names(): { name: string; id: number }[] {
    return [...this.#open.values()].map(({ database, id }) => ({ name: database.name, id }));
  }

  /** @throws SqlError 4060 when there is none of that name. */
  find(name: string): Database {
    const found = this.#open.get((name || 'master').toLowerCase());
    if (found === undefined)
      throw new SqlError(4060, `Cannot open database "${name}" requested by the login. The login failed.`, {
        severity: 11,
      });
    return found.database;
  }

  /** @throws SqlError 1801 when it exists, 40517 for a name that cannot be a file's. */
  async create(name: string): Promise<void> {
    if (this.#open.has(name.toLowerCase()))
      throw new SqlError(1801, `Database '${name}' already exists. Choose a different database name.`);
    if (!/^[A-Za-z0-9_-]{1,64}$/.test(name))
      throw new SqlError(
        40517,
        `The local emulator does not implement database names such as '${name}': letters, digits, _ and - only.`,
      );
    await this.#add(name);
  }

  close(): void {
    for (const { database } of this.#open.values()) database.close();
  }

  async #add(name: string): Promise<void> {
    const database = await Database.open({ file: join(this.#folder, name + extension), name, ...this.#settings });
    this.#open.set(name.toLowerCase(), { database, id: name === 'master' ? 1 : this.#open.size + 4 });
  }
}
