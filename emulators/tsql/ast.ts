import type { SqlType } from './sql-type.ts';

/**
 * The syntax tree of the T-SQL subset. `line` is 1-based within the batch; `start`/`end` are character offsets into the
 * batch's text. Names keep the spelling of the source (without brackets or quotes) and compare without case.
 */

/** One to four parts: `[server].[database].[schema].[name]`; a part left out (`db..t`) is ''. */
export interface ObjectName {
  readonly parts: readonly string[];
  readonly line: number;
}

interface Node {
  readonly line: number;
}

/** A type as written. `name` is undefined for a name that is no built-in type; the binder then raises 2715. */
export interface TypeName extends Node {
  readonly written: string;
  readonly type?: SqlType;
  /** `rowversion` / `timestamp`, stored as binary(8). */
  readonly rowversion?: boolean;
  /** `table` or a user-defined table type: `@t dbo.LineItems READONLY`. */
  readonly readonly?: boolean;
}

// ---- expressions: scalar values -------------------------------------------------------------------------------------

export type Expression =
  | Literal
  | VariableRef
  | GlobalRef
  | ColumnRef
  | Unary
  | Binary
  | FunctionCall
  | CastExpression
  | CaseExpression
  | IifExpression
  | ScalarSubquery
  | CollateExpression
  | AtTimeZone
  | DefaultMarker
  | ActionColumn
  | NextValue
  | Parenthesized;

export type LiteralType = 'int' | 'decimal' | 'float' | 'money' | 'string' | 'nstring' | 'binary' | 'null';
/** `text` is the digits (int, decimal, float, money without sign or symbol), the characters, or the hex digits of a binary. */
export interface Literal extends Node {
  readonly kind: 'literal';
  readonly type: LiteralType;
  readonly text: string;
}
/** `@name`, with the @. */
export interface VariableRef extends Node {
  readonly kind: 'variable';
  readonly name: string;
}
/** `@@ROWCOUNT`, upper case with the @@. */
export interface GlobalRef extends Node {
  readonly kind: 'global';
  readonly name: string;
}
export interface ColumnRef extends Node {
  readonly kind: 'column';
  readonly name: ObjectName;
}
export interface Unary extends Node {
  readonly kind: 'unary';
  readonly operator: '-' | '+' | '~';
  readonly operand: Expression;
}
export interface Binary extends Node {
  readonly kind: 'binary';
  readonly operator: '+' | '-' | '*' | '/' | '%' | '&' | '|' | '^' | '||';
  readonly left: Expression;
  readonly right: Expression;
}
/** `name(args)`. `COUNT(*)` has star. Date parts (`DATEADD(day, ...)`) are column references the function reads as words. */
export interface FunctionCall extends Node {
  readonly kind: 'function';
  readonly name: ObjectName;
  readonly args: readonly Expression[];
  readonly star?: boolean;
  readonly distinct?: boolean;
  readonly over?: WindowSpec;
  readonly withinGroup?: readonly OrderItem[];
  readonly nulls?: 'ignore' | 'respect';
  /** `TRIM(LEADING 'x' FROM s)`. */
  readonly trim?: 'leading' | 'trailing' | 'both';
}
export interface WindowSpec extends Node {
  readonly partitionBy: readonly Expression[];
  readonly orderBy: readonly OrderItem[];
  readonly frame?: WindowFrame;
}
export interface WindowFrame extends Node {
  readonly unit: 'rows' | 'range';
  readonly from: FrameBound;
  readonly to?: FrameBound;
}
export type FrameBound =
  | { readonly kind: 'unbounded preceding' | 'current row' | 'unbounded following' }
  | { readonly kind: 'preceding' | 'following'; readonly offset: Expression };
export interface CastExpression extends Node {
  readonly kind: 'cast';
  /** CAST, CONVERT, PARSE become one node; `style` is CONVERT's third argument. */
  readonly function: 'cast' | 'convert';
  readonly try: boolean;
  readonly type: TypeName;
  readonly operand: Expression;
  readonly style?: Expression;
}
export interface CaseExpression extends Node {
  readonly kind: 'case';
  /** Present in the simple form `CASE x WHEN 1 THEN ..`. */
  readonly operand?: Expression;
  readonly branches: readonly { readonly when: Expression | Condition; readonly result: Expression }[];
  readonly otherwise?: Expression;
}
export interface IifExpression extends Node {
  readonly kind: 'iif';
  readonly condition: Condition;
  readonly then: Expression;
  readonly otherwise: Expression;
}
export interface ScalarSubquery extends Node {
  readonly kind: 'subquery';
  readonly query: QueryExpression;
}
export interface CollateExpression extends Node {
  readonly kind: 'collate';
  readonly operand: Expression;
  readonly collation: string;
}
export interface AtTimeZone extends Node {
  readonly kind: 'at time zone';
  readonly operand: Expression;
  readonly zone: Expression;
}
/** DEFAULT as a value of INSERT, UPDATE or an EXEC argument. */
export interface DefaultMarker extends Node {
  readonly kind: 'default';
}
/** `$action` of MERGE's OUTPUT. */
export interface ActionColumn extends Node {
  readonly kind: 'action';
}
export interface NextValue extends Node {
  readonly kind: 'next value';
  readonly sequence: ObjectName;
}
export interface Parenthesized extends Node {
  readonly kind: 'parenthesized';
  readonly operand: Expression;
}

// ---- conditions: T-SQL has no boolean values, so predicates are a sort of their own -----------------------------------

export type Condition =
  | Comparison
  | Quantified
  | InList
  | InQuery
  | Between
  | Like
  | IsNull
  | IsDistinct
  | Exists
  | And
  | Or
  | Not
  | UpdatedColumn;
export type ComparisonOperator = '=' | '<>' | '<' | '<=' | '>' | '>=';
export interface Comparison extends Node {
  readonly kind: 'comparison';
  readonly operator: ComparisonOperator;
  readonly left: Expression;
  readonly right: Expression;
}
export interface Quantified extends Node {
  readonly kind: 'quantified';
  readonly operator: ComparisonOperator;
  readonly quantifier: 'any' | 'all';
  readonly left: Expression;
  readonly query: QueryExpression;
}
export interface InList extends Node {
  readonly kind: 'in list';
  readonly not: boolean;
  readonly operand: Expression;
  readonly values: readonly Expression[];
}
export interface InQuery extends Node {
  readonly kind: 'in query';
  readonly not: boolean;
  readonly operand: Expression;
  readonly query: QueryExpression;
}
export interface Between extends Node {
  readonly kind: 'between';
  readonly not: boolean;
  readonly operand: Expression;
  readonly low: Expression;
  readonly high: Expression;
}
export interface Like extends Node {
  readonly kind: 'like';
  readonly not: boolean;
  readonly operand: Expression;
  readonly pattern: Expression;
  readonly escape?: Expression;
}
export interface IsNull extends Node {
  readonly kind: 'is null';
  readonly not: boolean;
  readonly operand: Expression;
}
/** IS [NOT] DISTINCT FROM; `not` true means IS NOT DISTINCT FROM. */
export interface IsDistinct extends Node {
  readonly kind: 'is distinct';
  readonly not: boolean;
  readonly left: Expression;
  readonly right: Expression;
}
export interface Exists extends Node {
  readonly kind: 'exists';
  readonly query: QueryExpression;
}
export interface And extends Node {
  readonly kind: 'and';
  readonly operands: readonly Condition[];
}
export interface Or extends Node {
  readonly kind: 'or';
  readonly operands: readonly Condition[];
}
export interface Not extends Node {
  readonly kind: 'not';
  readonly operand: Condition;
}
/** `UPDATE(column)` of triggers: parsed to be named, never bound. */
export interface UpdatedColumn extends Node {
  readonly kind: 'updated column';
  readonly column: string;
}

// ---- queries --------------------------------------------------------------------------------------------------------

/** A query expression with what may precede and follow it. */
export interface QueryExpression extends Node {
  readonly with: readonly CommonTable[];
  readonly body: QueryBody;
  readonly orderBy: readonly OrderItem[];
  readonly offset?: Expression;
  readonly fetch?: Expression;
  /** OPTION (MAXRECURSION n); 0 sets no limit, and without it the limit is 100. */
  readonly maxRecursion?: number;
  readonly start: number;
  readonly end: number;
}
export interface CommonTable extends Node {
  readonly name: string;
  readonly columns?: readonly string[];
  readonly query: QueryExpression;
}
export type QueryBody = QuerySpecification | SetOperation | NestedQuery | ValuesTable;
export interface SetOperation extends Node {
  readonly kind: 'set operation';
  readonly operator: 'union' | 'union all' | 'except' | 'intersect';
  readonly left: QueryBody;
  readonly right: QueryBody;
}
export interface NestedQuery extends Node {
  readonly kind: 'nested';
  readonly query: QueryExpression;
}
/** `VALUES (..), (..)`: a derived table's body or INSERT's source. */
export interface ValuesTable extends Node {
  readonly kind: 'values';
  readonly rows: readonly (readonly Expression[])[];
}
export interface QuerySpecification extends Node {
  readonly kind: 'select';
  readonly distinct: boolean;
  readonly top?: Top;
  readonly items: readonly SelectItem[];
  readonly into?: ObjectName;
  readonly from: readonly TableSource[];
  readonly where?: Condition;
  readonly groupBy: readonly GroupingElement[];
  readonly having?: Condition;
}
export interface Top extends Node {
  readonly count: Expression;
  readonly withTies: boolean;
  readonly percent: boolean;
}
export type SelectItem =
  | { readonly kind: 'star'; readonly qualifier?: ObjectName; readonly line: number }
  | { readonly kind: 'item'; readonly expression: Expression; readonly alias?: string; readonly line: number }
  | { readonly kind: 'assign'; readonly variable: string; readonly expression: Expression; readonly line: number };
export type GroupingElement =
  | { readonly kind: 'expression'; readonly expression: Expression; readonly line: number }
  | { readonly kind: 'rollup' | 'cube'; readonly sets: readonly (readonly Expression[])[]; readonly line: number }
  | { readonly kind: 'sets'; readonly elements: readonly GroupingElement[]; readonly line: number }
  | { readonly kind: 'composite'; readonly expressions: readonly Expression[]; readonly line: number };
export interface OrderItem extends Node {
  readonly expression: Expression;
  readonly descending: boolean;
}
export type TableSource =
  | NamedTable
  | TableFunction
  | OpenRowset
  | OpenJson
  | DerivedTable
  | TableVariable
  | Join
  | Apply
  | Pivot
  | Unpivot;
export interface NamedTable extends Node {
  readonly kind: 'table';
  readonly name: ObjectName;
  readonly alias?: string;
  /** Upper case: NOLOCK, HOLDLOCK, UPDLOCK, ... */
  readonly hints: readonly string[];
}
export interface TableFunction extends Node {
  readonly kind: 'table function';
  readonly name: ObjectName;
  readonly args: readonly Expression[];
  readonly alias?: string;
  readonly columns?: readonly string[];
}
/** `OPENROWSET(BULK 'path', DATA_SOURCE = 'x', FORMAT = 'PARQUET', ...) WITH (schema) AS alias`. */
export interface OpenRowset extends Node {
  readonly kind: 'openrowset';
  readonly bulk: readonly string[];
  /** Option name in upper case -> text. */
  readonly options: ReadonlyMap<string, string>;
  readonly schema?: readonly OpenRowsetColumn[];
  readonly alias?: string;
  readonly columns?: readonly string[];
}
export interface OpenRowsetColumn extends Node {
  readonly name: string;
  readonly type: TypeName;
  readonly collation?: string;
  /** Ordinal (1-based) or JSON path. */
  readonly ordinal?: number;
  readonly path?: string;
}
export interface OpenJson extends Node {
  readonly kind: 'openjson';
  readonly document: Expression;
  readonly path?: Expression;
  readonly schema?: readonly (OpenRowsetColumn & { readonly asJson?: boolean })[];
  readonly alias?: string;
}
export interface DerivedTable extends Node {
  readonly kind: 'derived';
  readonly query: QueryExpression;
  readonly alias: string;
  readonly columns?: readonly string[];
}
export interface TableVariable extends Node {
  readonly kind: 'table variable';
  readonly name: string;
  readonly alias?: string;
}
export interface Join extends Node {
  readonly kind: 'join';
  readonly type: 'inner' | 'left' | 'right' | 'full' | 'cross';
  readonly left: TableSource;
  readonly right: TableSource;
  readonly on?: Condition;
}
export interface Apply extends Node {
  readonly kind: 'apply';
  readonly outer: boolean;
  readonly left: TableSource;
  readonly right: TableSource;
}

/** `source PIVOT (SUM(x) FOR column IN ([a], [b])) AS alias`. */
export interface Pivot extends Node {
  readonly kind: 'pivot';
  readonly source: TableSource;
  readonly aggregate: FunctionCall;
  readonly column: ObjectName;
  readonly values: readonly string[];
  readonly alias: string;
}
/** `source UNPIVOT (value FOR name IN (a, b)) AS alias`. */
export interface Unpivot extends Node {
  readonly kind: 'unpivot';
  readonly source: TableSource;
  readonly value: string;
  readonly name: string;
  readonly columns: readonly ObjectName[];
  readonly alias: string;
}

// ---- statements -----------------------------------------------------------------------------------------------------

export interface Batch {
  readonly statements: readonly Statement[];
  readonly source: string;
}

interface StatementNode extends Node {
  readonly start: number;
  readonly end: number;
}

export type Statement = QueryStatement | DmlStatement | DdlStatement | SecurityStatement | ProceduralStatement;
export interface QueryStatement extends StatementNode {
  readonly kind: 'select statement';
  readonly query: QueryExpression;
}

export type DmlStatement = Insert | Update | Delete | Merge | Truncate | InsertBulk;
export interface Output extends Node {
  /** `inserted.*`, `deleted.*` come as stars with that qualifier. */
  readonly items: readonly SelectItem[];
  readonly into?: { readonly target: TargetTable; readonly columns?: readonly string[] };
}
/** What a DML statement changes: a table, view or alias of the FROM clause, or a table variable (`@t`, with the @). */
export interface TargetTable extends Node {
  readonly name: ObjectName;
  readonly hints: readonly string[];
}
export interface Insert extends StatementNode {
  readonly kind: 'insert';
  readonly with: readonly CommonTable[];
  readonly top?: Top;
  readonly target: TargetTable;
  readonly columns?: readonly string[];
  readonly output?: Output;
  readonly source:
    | { readonly kind: 'query'; readonly query: QueryExpression }
    | { readonly kind: 'default values' }
    | { readonly kind: 'execute'; readonly execute: Execute };
}
export interface Assignment extends Node {
  /** Present unless only a variable is set. */
  readonly column?: string;
  /** `SET @x = column = value` or `SET @x = value`. */
  readonly variable?: string;
  readonly operator: '=' | '+=' | '-=' | '*=' | '/=' | '%=' | '&=' | '|=' | '^=';
  readonly value: Expression;
}
export interface Update extends StatementNode {
  readonly kind: 'update';
  readonly with: readonly CommonTable[];
  readonly maxRecursion?: number;
  readonly top?: Top;
  readonly target: TargetTable;
  readonly set: readonly Assignment[];
  readonly output?: Output;
  readonly from: readonly TableSource[];
  readonly where?: Condition;
}
export interface Delete extends StatementNode {
  readonly kind: 'delete';
  readonly with: readonly CommonTable[];
  readonly maxRecursion?: number;
  readonly top?: Top;
  readonly target: TargetTable;
  readonly output?: Output;
  readonly from: readonly TableSource[];
  readonly where?: Condition;
}
export interface Merge extends StatementNode {
  readonly kind: 'merge';
  readonly with: readonly CommonTable[];
  readonly maxRecursion?: number;
  readonly top?: Top;
  readonly target: TargetTable;
  readonly targetAlias?: string;
  readonly source: TableSource;
  readonly on: Condition;
  readonly branches: readonly MergeBranch[];
  readonly output?: Output;
}
export interface MergeBranch extends Node {
  readonly when: 'matched' | 'not matched' | 'not matched by source';
  readonly and?: Condition;
  readonly action:
    | { readonly kind: 'update'; readonly set: readonly Assignment[] }
    | { readonly kind: 'delete' }
    | { readonly kind: 'insert'; readonly columns?: readonly string[]; readonly values?: readonly Expression[] };
}
export interface Truncate extends StatementNode {
  readonly kind: 'truncate';
  readonly table: ObjectName;
}
/** `INSERT BULK t (col type, ...) WITH (...)`: announces a bulk load; rows follow on the wire. */
export interface InsertBulk extends StatementNode {
  readonly kind: 'insert bulk';
  readonly table: ObjectName;
  readonly columns: readonly { readonly name: string; readonly type: TypeName; readonly nullable?: boolean }[];
  /** Upper case: KEEP_NULLS, CHECK_CONSTRAINTS, FIRE_TRIGGERS, TABLOCK, KEEPIDENTITY, ROWS_PER_BATCH, ORDER ... */
  readonly options: readonly string[];
}

export type DdlStatement =
  | CreateTable
  | AlterTable
  | DropObject
  | CreateIndex
  | DropIndex
  | AlterIndex
  | CreateSchema
  | CreateView
  | CreateProcedure
  | CreateSequence
  | CreateTableType
  | CreateDatabase
  | AlterDatabase
  | CreateExternalDataSource
  | CreateExternalFileFormat
  | CreateCredential
  | CreateMasterKey
  | CreateStatistics;
export interface ColumnDefinition extends Node {
  readonly name: string;
  /** Absent for a computed column. */
  readonly type?: TypeName;
  readonly nullable?: boolean;
  readonly identity?: { readonly seed: bigint; readonly increment: bigint };
  readonly default?: { readonly name?: string; readonly value: Expression; readonly source: string };
  readonly collation?: string;
  readonly computed?: { readonly expression: Expression; readonly persisted: boolean; readonly source: string };
  /** Constraints written at the column; their `columns` name this column. */
  readonly constraints: readonly TableConstraint[];
}
export type TableConstraint =
  | {
      readonly kind: 'primary key' | 'unique';
      readonly name?: string;
      readonly columns: readonly IndexColumn[];
      readonly clustered?: boolean;
      readonly line: number;
    }
  | {
      readonly kind: 'foreign key';
      readonly name?: string;
      readonly columns: readonly string[];
      readonly references: ObjectName;
      /** Absent: the referenced table's primary key. */
      readonly referencedColumns?: readonly string[];
      readonly onDelete: ReferentialAction;
      readonly onUpdate: ReferentialAction;
      readonly line: number;
    }
  | {
      readonly kind: 'check';
      readonly name?: string;
      readonly condition: Condition;
      /** The condition's text, for catalog views and messages. */
      readonly source: string;
      readonly line: number;
    }
  | {
      readonly kind: 'default';
      readonly name?: string;
      readonly column: string;
      readonly value: Expression;
      readonly source: string;
      readonly line: number;
    };
export type ReferentialAction = 'no action' | 'cascade' | 'set null' | 'set default';
export interface IndexColumn {
  readonly name: string;
  readonly descending: boolean;
}
export interface InlineIndex extends Node {
  readonly name: string;
  readonly unique: boolean;
  readonly clustered?: boolean;
  readonly columns: readonly IndexColumn[];
}
export interface TableDefinition {
  readonly columns: readonly ColumnDefinition[];
  readonly constraints: readonly TableConstraint[];
  readonly indexes: readonly InlineIndex[];
}
export interface CreateTable extends StatementNode {
  readonly kind: 'create table';
  readonly name: ObjectName;
  readonly definition: TableDefinition;
}
export interface AlterTable extends StatementNode {
  readonly kind: 'alter table';
  readonly name: ObjectName;
  readonly action:
    | {
        readonly kind: 'add';
        readonly columns: readonly ColumnDefinition[];
        readonly constraints: readonly TableConstraint[];
        /** WITH NOCHECK: existing rows are not checked. */
        readonly noCheck: boolean;
      }
    | { readonly kind: 'drop column'; readonly columns: readonly string[]; readonly ifExists: boolean }
    | { readonly kind: 'drop constraint'; readonly names: readonly string[]; readonly ifExists: boolean }
    | {
        readonly kind: 'alter column';
        readonly column: string;
        readonly type: TypeName;
        readonly nullable?: boolean;
        readonly collation?: string;
      }
    | { readonly kind: 'check constraint'; readonly enable: boolean; readonly names: readonly string[] | 'all' };
}
export interface DropObject extends StatementNode {
  readonly kind: 'drop';
  readonly object:
    | 'table'
    | 'view'
    | 'procedure'
    | 'function'
    | 'schema'
    | 'database'
    | 'user'
    | 'role'
    | 'login'
    | 'sequence'
    | 'type'
    | 'trigger'
    | 'statistics'
    | 'external data source'
    | 'external file format'
    | 'external table'
    | 'credential';
  readonly ifExists: boolean;
  readonly names: readonly ObjectName[];
}
export interface CreateIndex extends StatementNode {
  readonly kind: 'create index';
  readonly name: string;
  readonly table: ObjectName;
  readonly unique: boolean;
  readonly clustered: boolean;
  readonly columns: readonly IndexColumn[];
  readonly include: readonly string[];
  readonly where?: Condition;
}
export interface DropIndex extends StatementNode {
  readonly kind: 'drop index';
  readonly ifExists: boolean;
  readonly indexes: readonly { readonly name: string; readonly table: ObjectName }[];
}
export interface AlterIndex extends StatementNode {
  readonly kind: 'alter index';
  /** undefined: ALL. */
  readonly name?: string;
  readonly table: ObjectName;
  readonly action: 'rebuild' | 'reorganize' | 'disable';
}
export interface CreateSchema extends StatementNode {
  readonly kind: 'create schema';
  readonly name: string;
  readonly owner?: string;
}
export interface CreateView extends StatementNode {
  readonly kind: 'create view';
  readonly mode: DefinitionMode;
  readonly name: ObjectName;
  readonly columns?: readonly string[];
  readonly query: QueryExpression;
  /** The whole statement's text, as sys.sql_modules gives it. */
  readonly source: string;
}
export type DefinitionMode = 'create' | 'alter' | 'create or alter';
export interface ProcedureParameter extends Node {
  readonly name: string;
  readonly type: TypeName;
  readonly default?: Expression;
  readonly output: boolean;
}
export interface CreateProcedure extends StatementNode {
  readonly kind: 'create procedure';
  readonly mode: DefinitionMode;
  readonly name: ObjectName;
  readonly parameters: readonly ProcedureParameter[];
  readonly body: readonly Statement[];
  readonly source: string;
}
export interface CreateSequence extends StatementNode {
  readonly kind: 'create sequence';
  readonly name: ObjectName;
  readonly type?: TypeName;
  readonly startWith?: bigint;
  readonly increment?: bigint;
}
export interface CreateTableType extends StatementNode {
  readonly kind: 'create type';
  readonly name: ObjectName;
  /** A table type, or an alias type `FROM varchar(11)`. */
  readonly definition?: TableDefinition;
  readonly base?: TypeName;
}
export interface CreateDatabase extends StatementNode {
  readonly kind: 'create database';
  readonly name: string;
  readonly collation?: string;
}
export interface AlterDatabase extends StatementNode {
  readonly kind: 'alter database';
  /** undefined: CURRENT, or ALTER DATABASE SCOPED CONFIGURATION. */
  readonly name?: string;
  /** `SET ...`, `COLLATE ...`, `SCOPED CONFIGURATION ...`: upper-case words after the name. */
  readonly option: string;
}
export interface CreateExternalDataSource extends StatementNode {
  readonly kind: 'create external data source';
  readonly name: string;
  /** Option name in upper case -> text: LOCATION, CREDENTIAL, TYPE ... */
  readonly options: ReadonlyMap<string, string>;
}
export interface CreateExternalFileFormat extends StatementNode {
  readonly kind: 'create external file format';
  readonly name: string;
  readonly options: ReadonlyMap<string, string>;
}
export interface CreateCredential extends StatementNode {
  readonly kind: 'create credential';
  readonly mode: 'create' | 'alter';
  readonly scope: 'database' | 'server';
  readonly name: string;
  readonly options: ReadonlyMap<string, string>;
}
export interface CreateMasterKey extends StatementNode {
  readonly kind: 'create master key';
}
export interface CreateStatistics extends StatementNode {
  readonly kind: 'statistics';
  readonly action: 'create' | 'update';
  readonly table: ObjectName;
}

export type SecurityStatement = CreateUser | CreateLogin | CreateRole | AlterRole | Permission;
export interface CreateUser extends StatementNode {
  readonly kind: 'create user';
  readonly mode: 'create' | 'alter';
  readonly name: string;
  readonly from: 'external provider' | 'login' | 'without login' | 'password' | 'none';
  readonly defaultSchema?: string;
}
export interface CreateLogin extends StatementNode {
  readonly kind: 'create login';
  readonly mode: 'create' | 'alter';
  readonly name: string;
  readonly from: 'external provider' | 'password';
}
export interface CreateRole extends StatementNode {
  readonly kind: 'create role';
  readonly name: string;
}
export interface AlterRole extends StatementNode {
  readonly kind: 'alter role';
  readonly role: string;
  readonly action: 'add' | 'drop';
  readonly member: string;
}
export interface Permission extends StatementNode {
  readonly kind: 'permission';
  readonly action: 'grant' | 'deny' | 'revoke';
  /** Upper case: SELECT, EXECUTE, VIEW DEFINITION, CONTROL ... */
  readonly permissions: readonly string[];
  /** OBJECT (default), SCHEMA, DATABASE SCOPED CREDENTIAL ... */
  readonly securableClass?: string;
  readonly securable?: ObjectName;
  readonly principals: readonly string[];
}

export type ProceduralStatement =
  | Declare
  | DeclareTable
  | DeclareCursor
  | CursorStep
  | Fetch
  | SetVariable
  | SetOption
  | If
  | While
  | Block
  | TryCatch
  | BreakStatement
  | ContinueStatement
  | Return
  | Throw
  | Raiserror
  | Print
  | Execute
  | ExecuteString
  | Transaction
  | WaitFor
  | Use
  | Checkpoint;
export interface Declare extends StatementNode {
  readonly kind: 'declare';
  readonly variables: readonly {
    readonly name: string;
    readonly type: TypeName;
    readonly value?: Expression;
    readonly line: number;
  }[];
}
/** `DECLARE c SCROLL CURSOR LOCAL FOR SELECT ..`. What it says of the kind of cursor beyond that is a promise to the optimizer. */
export interface DeclareCursor extends StatementNode {
  readonly kind: 'declare cursor';
  readonly name: string;
  readonly scroll: boolean;
  readonly local: boolean;
  readonly query: QueryExpression;
}
export interface CursorStep extends StatementNode {
  readonly kind: 'cursor';
  readonly action: 'open' | 'close' | 'deallocate';
  readonly name: string;
}
/** `FETCH ABSOLUTE 3 FROM c INTO @a, @b`; without INTO the row is a result set. */
export interface Fetch extends StatementNode {
  readonly kind: 'fetch';
  readonly direction: 'next' | 'prior' | 'first' | 'last' | 'absolute' | 'relative';
  readonly offset?: Expression;
  readonly name: string;
  readonly into: readonly string[];
}
export interface DeclareTable extends StatementNode {
  readonly kind: 'declare table';
  readonly name: string;
  readonly definition: TableDefinition;
}
export interface SetVariable extends StatementNode {
  readonly kind: 'set variable';
  readonly name: string;
  readonly operator: Assignment['operator'];
  readonly value: Expression;
}
export interface SetOption extends StatementNode {
  readonly kind: 'set option';
  /** Upper case, one statement per option: NOCOUNT, XACT_ABORT, ANSI_NULLS, TRANSACTION ISOLATION LEVEL, IDENTITY_INSERT ... */
  readonly option: string;
  /** Upper case: ON, OFF, READ COMMITTED, a number or text. */
  readonly value: string;
  /** IDENTITY_INSERT's table, STATISTICS IO's... */
  readonly table?: ObjectName;
}
export interface If extends StatementNode {
  readonly kind: 'if';
  readonly condition: Condition;
  readonly then: Statement;
  readonly otherwise?: Statement;
}
export interface While extends StatementNode {
  readonly kind: 'while';
  readonly condition: Condition;
  readonly body: Statement;
}
export interface Block extends StatementNode {
  readonly kind: 'block';
  readonly body: readonly Statement[];
}
export interface TryCatch extends StatementNode {
  readonly kind: 'try';
  readonly body: readonly Statement[];
  readonly handler: readonly Statement[];
}
export interface BreakStatement extends StatementNode {
  readonly kind: 'break';
}
export interface ContinueStatement extends StatementNode {
  readonly kind: 'continue';
}
export interface Return extends StatementNode {
  readonly kind: 'return';
  readonly value?: Expression;
}
/** Without arguments it rethrows (inside CATCH). */
export interface Throw extends StatementNode {
  readonly kind: 'throw';
  readonly error?: { readonly number: Expression; readonly message: Expression; readonly state: Expression };
}
export interface Raiserror extends StatementNode {
  readonly kind: 'raiserror';
  readonly message: Expression;
  readonly severity: Expression;
  readonly state: Expression;
  readonly args: readonly Expression[];
  /** Upper case: NOWAIT, LOG, SETERROR. */
  readonly options: readonly string[];
}
export interface Print extends StatementNode {
  readonly kind: 'print';
  readonly value: Expression;
}
export interface ExecuteArgument extends Node {
  /** `@name = value` */
  readonly name?: string;
  readonly value: Expression;
  readonly output: boolean;
}
export interface Execute extends StatementNode {
  readonly kind: 'execute';
  /** `EXEC @rc = proc`. */
  readonly returnVariable?: string;
  /** The procedure, or the variable that names it (`EXEC @proc`). */
  readonly procedure: ObjectName | VariableRef;
  readonly args: readonly ExecuteArgument[];
}
/** `EXEC (@sql + N'...')`. */
export interface ExecuteString extends StatementNode {
  readonly kind: 'execute string';
  readonly text: Expression;
}
export interface Transaction extends StatementNode {
  readonly kind: 'transaction';
  readonly action: 'begin' | 'commit' | 'rollback' | 'save';
  readonly name?: string | VariableRef;
}
export interface WaitFor extends StatementNode {
  readonly kind: 'waitfor';
  readonly type: 'delay' | 'time';
  readonly value: Expression;
}
export interface Use extends StatementNode {
  readonly kind: 'use';
  readonly database: string;
}
/** CHECKPOINT, DBCC and RECONFIGURE: accepted, nothing to do. `text` is the statement's first word(s). */
export interface Checkpoint extends StatementNode {
  readonly kind: 'checkpoint';
}
