import sql from 'mssql';
import { ConfigurationError } from '../errors.ts';
import { type Progress, silent } from '../progress.ts';
import { quoteTable } from './quote.ts';
import { errorNumber } from './retry.ts';
import { inTransaction } from './transaction.ts';

export interface EnableCdcOptions {
  /**
   * Gives a table whose columns have drifted a second capture instance with its present columns, and drops the first one once
   * bronze has been carried past it. false, the default, only reports the drift.
   */
  readonly recapture?: boolean;
}

export interface CapturedTable {
  readonly table: string;
  readonly captureInstance: string;
  /** Whether capture began with this call. */
  readonly enabledNow: boolean;
  /** Whether this call set the watermark, so that the table's whole history arrives as changes. */
  readonly seeded: boolean;
}

/** Columns of a table that its newest capture instance does not have, or has otherwise. */
export interface SchemaDrift {
  readonly table: string;
  readonly captureInstance: string;
  /** In the table, not captured: their values never reach bronze. */
  readonly added: readonly string[];
  /** Captured, no longer in the table: they arrive as NULL. */
  readonly removed: readonly string[];
  /** `name: captured as x, now y`. */
  readonly retyped: readonly string[];
  /** What to do. */
  readonly advice: string;
}

export interface EnableCdcResult {
  readonly databaseEnabledNow: boolean;
  readonly tables: readonly CapturedTable[];
  readonly drift: readonly SchemaDrift[];
}

interface Instance {
  readonly name: string;
  readonly changeTableId: number;
  readonly startLsn: string;
}

/**
 * Makes change data capture watch tables of schema dbo: the database first, then each table under the instance `dbo_<table>`. Again
 * it changes nothing. A table that is empty while captured gets a watermark just below its instance's start.
 * @throws ConfigurationError when the database cannot have capture (its tier, a missing right), with the server's number.
 */
export async function enableCdc(
  pool: sql.ConnectionPool,
  tables: readonly string[],
  progress: Progress = silent,
  options: EnableCdcOptions = {},
): Promise<EnableCdcResult> {
  const databaseEnabledNow = await enableDatabase(pool);
  if (databaseEnabledNow) progress({ message: 'enable-cdc: enabled for the database' });
  const captured: CapturedTable[] = [];
  const drift: SchemaDrift[] = [];
  for (const [index, table] of tables.entries()) {
    const objectId = await objectIdOf(pool, table);
    let [newest] = await instancesOf(pool, objectId);
    const enabledNow = newest === undefined;
    if (newest === undefined) {
      await enableTable(pool, table, `dbo_${table}`);
      [newest] = await instancesOf(pool, objectId);
    }
    if (newest === undefined)
      throw new ConfigurationError(
        `azure-sql: sys.sp_cdc_enable_table returned, but cdc.change_tables has no row for dbo.${table}. See sys.dm_cdc_errors.`,
      );
    const seeded = await seedWatermark(pool, table, newest);
    captured.push({ table, captureInstance: newest.name, enabledNow, seeded });
    const drifted = await findDrift(pool, table, objectId, newest);
    if (drifted !== null) drift.push(options.recapture === true ? await recapture(pool, objectId, drifted) : drifted);
    const state = enabledNow ? 'enabled' : 'already enabled';
    progress({
      message: `enable-cdc: ${table}: ${state}${seeded ? ', watermark set' : ''}${drifted === null ? '' : `; ${drifted.advice}`}`,
      fraction: (index + 1) / tables.length,
    });
  }
  return { databaseEnabledNow, tables: captured, drift };
}

async function enableDatabase(pool: sql.ConnectionPool): Promise<boolean> {
  const { recordset } = await pool
    .request()
    .query<{ enabled: boolean }>('SELECT is_cdc_enabled AS enabled FROM sys.databases WHERE database_id = DB_ID();');
  if (recordset[0]?.enabled) return false;
  await explaining('the database', () => pool.request().query('EXEC sys.sp_cdc_enable_db;'));
  return true;
}

async function objectIdOf(pool: sql.ConnectionPool, table: string): Promise<number> {
  const { recordset } = await pool
    .request()
    .input('name', sql.NVarChar(300), quoteTable('dbo', table))
    .query<{ id: number | null }>(`SELECT OBJECT_ID(@name, N'U') AS id;`);
  const id = recordset[0]?.id ?? null;
  if (id === null)
    throw new ConfigurationError(
      `azure-sql: there is no table dbo.${table} to capture. Run the migrations of sql/ first.`,
    );
  return id;
}

/** A table's capture instances, newest first. */
async function instancesOf(pool: sql.ConnectionPool, objectId: number): Promise<Instance[]> {
  const { recordset } = await pool
    .request()
    .input('id', sql.Int, objectId)
    .query<Instance>(`
    SELECT capture_instance AS name, object_id AS changeTableId, CONVERT(varchar(22), start_lsn, 1) AS startLsn
    FROM cdc.change_tables
    WHERE source_object_id = @id
    ORDER BY create_date DESC, start_lsn DESC;`);
  return recordset;
}

async function enableTable(pool: sql.ConnectionPool, table: string, instance: string): Promise<void> {
  await explaining(`dbo.${table}`, () =>
    pool
      .request()
      .input('table', sql.NVarChar(128), table)
      .input('instance', sql.NVarChar(128), instance)
      .query(`
        EXEC sys.sp_cdc_enable_table @source_schema = N'dbo', @source_name = @table, @capture_instance = @instance,
          @role_name = NULL, @supports_net_changes = 1;`),
  );
}

/**
 * The lock keeps writers out between the look and the watermark: with capture on and the table empty, everything that will ever be in
 * it comes as a change.
 */
async function seedWatermark(pool: sql.ConnectionPool, table: string, instance: Instance): Promise<boolean> {
  return inTransaction(pool, async (transaction) => {
    const { rowsAffected } = await new sql.Request(transaction)
      .input('table', sql.VarChar(128), table)
      .input('instance', sql.VarChar(128), instance.name)
      .query(`
        INSERT INTO etl.watermark (table_name, capture_instance, lsn, updated_at)
        SELECT @table, c.capture_instance, sys.fn_cdc_decrement_lsn(c.start_lsn), SYSUTCDATETIME()
        FROM cdc.change_tables AS c
        WHERE c.capture_instance = @instance
          AND NOT EXISTS (SELECT 1 FROM etl.watermark WHERE table_name = @table)
          AND NOT EXISTS (SELECT 1 FROM ${quoteTable('dbo', table)} WITH (TABLOCKX, HOLDLOCK));`);
    return rowsAffected[0] === 1;
  });
}

async function findDrift(
  pool: sql.ConnectionPool,
  table: string,
  objectId: number,
  instance: Instance,
): Promise<SchemaDrift | null> {
  const columns = async (query: string, id: number) => {
    const { recordset } = await pool.request().input('id', sql.Int, id).query<{ name: string; type: string }>(query);
    return new Map(recordset.map(({ name, type }) => [name, type]));
  };
  const current = await columns(
    `SELECT c.name, t.name AS type FROM sys.columns AS c JOIN sys.types AS t ON t.user_type_id = c.user_type_id
     WHERE c.object_id = @id AND c.is_computed = 0;`,
    objectId,
  );
  const held = await columns(
    'SELECT column_name AS name, column_type AS type FROM cdc.captured_columns WHERE object_id = @id;',
    instance.changeTableId,
  );
  const added = [...current.keys()].filter((name) => !held.has(name));
  const removed = [...held.keys()].filter((name) => !current.has(name));
  const retyped = [...current]
    .filter(([name, type]) => held.has(name) && held.get(name)!.toLowerCase() !== type.toLowerCase())
    .map(([name, type]) => `${name}: captured as ${held.get(name)}, now ${type}`);
  if (added.length + removed.length + retyped.length === 0) return null;
  const found = [
    added.length > 0 ? `not captured: ${added.join(', ')}` : '',
    removed.length > 0 ? `captured but gone: ${removed.join(', ')}` : '',
    ...retyped,
  ].filter((text) => text !== '');
  return {
    table,
    captureInstance: instance.name,
    added,
    removed,
    retyped,
    advice: `the columns of dbo.${table} have changed since ${instance.name} was created (${found.join('; ')}). Run enable-cdc with recapture to give it a new capture instance.`,
  };
}

/** Bronze drains the old instance up to the new one's start by itself (etl.plan_window); after that the old one can go. */
async function recapture(pool: sql.ConnectionPool, objectId: number, drift: SchemaDrift): Promise<SchemaDrift> {
  const instances = await instancesOf(pool, objectId);
  const [newest, oldest] = instances;
  if (newest !== undefined && oldest !== undefined) {
    const { recordset } = await pool
      .request()
      .input('table', sql.VarChar(128), drift.table)
      .query<{ lsn: string }>(
        'SELECT CONVERT(varchar(22), lsn, 1) AS lsn FROM etl.watermark WHERE table_name = @table;',
      );
    if (recordset[0] === undefined || recordset[0].lsn < newest.startLsn)
      return {
        ...drift,
        advice: `dbo.${drift.table} has two capture instances already (${oldest.name}, ${newest.name}), and bronze has not been carried past the first. Run the pipeline, then enable-cdc with recapture again.`,
      };
    await pool
      .request()
      .input('table', sql.NVarChar(128), drift.table)
      .input('instance', sql.NVarChar(128), oldest.name)
      .query(`
        EXEC sys.sp_cdc_disable_table @source_schema = N'dbo', @source_name = @table, @capture_instance = @instance;`);
  }
  const used = new Set(instances.map(({ name }) => name));
  let generation = 2;
  while (used.has(`dbo_${drift.table}_${generation}`)) generation++;
  const instance = `dbo_${drift.table}_${generation}`;
  await enableTable(pool, drift.table, instance);
  return {
    ...drift,
    captureInstance: instance,
    advice: `dbo.${drift.table} is captured by ${instance} from now on; the next runs of the pipeline drain the one before it and switch.`,
  };
}

async function explaining<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const number = errorNumber(cause);
    // Change data capture has the numbers 22800 to 22999 to itself.
    if (number === undefined || number < 22800 || number > 22999) throw cause;
    const message = (cause as Error).message;
    const tier = /\btier\b|service objective|\bSLO\b/i.test(message);
    const next = tier
      ? 'Capture needs a vCore tier, or S3 and above: raise the service objective in bicep/ and deploy.'
      : number === 22902 || number === 22904
        ? 'It takes db_owner, and where an Entra principal created the database, an Entra principal.'
        : 'See sys.dm_cdc_errors.';
    throw new ConfigurationError(
      `azure-sql: change data capture cannot be enabled for ${what}: ${message} (error ${number}). ${next}`,
      { cause },
    );
  }
}
