import type {
  BoundExpression,
  FunctionCall,
  ObjectName,
  OpenRowset,
  Relation,
  ScalarFunctionResult,
  Statement,
} from '../tsql/index.ts';
import type { SqlType, SqlValue } from '../tsql/sql-type.ts';
import type { TableDefinition } from './catalog.ts';
import type { ChangeSet } from './dml/change-set.ts';
import type { Engine } from './engine.ts';
import type { Invocation } from './procedures/invocation.ts';
import type { SystemView } from './system-view.ts';
import type { TransactionHooks } from './transaction.ts';

/**
 * What differs between the services on this engine. Every member is optional: without any, the engine is a plain database.
 */
export interface Dialect extends TransactionHooks {
  /** SERVERPROPERTY('EngineEdition'): 5 for Azure SQL Database, 11 for a Synapse serverless pool. */
  readonly engineEdition: number;
  /** @@VERSION. */
  readonly version: string;
  /** Refuses statements that the service does not have, by throwing SqlError. */
  allow?(statement: Statement): void;
  /** Looks up what binding a statement will ask for, since binding cannot wait. Comes before every binding of a statement. */
  prepare?(engine: Engine, statement: Statement): Promise<void>;
  /** Statements of the service's own (external data sources, credentials, ...). Returns false to leave it to the engine. */
  statement?(engine: Engine, statement: Statement): Promise<boolean>;
  /** System views besides the common ones, by lower-case `schema.name`; one of the same name replaces the common one. */
  readonly systemViews?: ReadonlyMap<string, SystemView>;
  tableFunction?(engine: Engine, name: ObjectName, args: readonly BoundExpression[]): Relation | undefined;
  openRowset?(engine: Engine, node: OpenRowset): Relation | undefined;
  scalarFunction?(
    engine: Engine,
    name: ObjectName,
    args: readonly BoundExpression[],
    call: FunctionCall,
  ): ScalarFunctionResult | undefined;
  /** System procedures by lower-case name without `sys.`. */
  readonly procedures?: ReadonlyMap<string, SystemProcedure>;
  /** Called inside the transaction, after the rows of a change set have been applied to a table that is not temporary. */
  captured?(engine: Engine, table: TableDefinition): boolean;
  capture?(engine: Engine, change: ChangeSet): Promise<void>;
  /** After DDL changed (or dropped: `after` undefined) a table; may change the catalog further. Throws to refuse. */
  tableChanged?(
    engine: Engine,
    before: TableDefinition,
    after: TableDefinition | undefined,
    command: string,
  ): Promise<void>;
  /** TRUNCATE TABLE is about to run: throws to refuse. */
  truncate?(engine: Engine, table: TableDefinition): void;
}

export interface SystemProcedure {
  readonly parameters: readonly {
    readonly name: string;
    readonly type: SqlType;
    readonly default?: SqlValue;
    readonly output?: boolean;
  }[];
  run(engine: Engine, call: Invocation): Promise<number>;
}
