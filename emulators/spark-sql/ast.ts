import type { DataType } from '../delta/data-type.ts';
import type { Position } from './spark-error.ts';

/** The syntax tree. Names are as written; nothing is resolved. */

export type Expression = (
  | { readonly node: 'literal'; readonly type: DataType; readonly value: string | boolean | null }
  | { readonly node: 'column'; readonly parts: readonly string[] }
  | { readonly node: 'star'; readonly qualifier: readonly string[]; readonly except: readonly string[] }
  | Call
  | { readonly node: 'unary'; readonly op: '-' | '+' | '~' | 'NOT'; readonly operand: Expression }
  | { readonly node: 'binary'; readonly op: BinaryOperator; readonly left: Expression; readonly right: Expression }
  | {
      readonly node: 'between';
      readonly operand: Expression;
      readonly low: Expression;
      readonly high: Expression;
      readonly negated: boolean;
    }
  | {
      readonly node: 'in';
      readonly operand: Expression;
      readonly items: readonly Expression[];
      readonly negated: boolean;
    }
  | {
      readonly node: 'inQuery';
      readonly operands: readonly Expression[];
      readonly query: Query;
      readonly negated: boolean;
    }
  | { readonly node: 'exists'; readonly query: Query }
  | { readonly node: 'scalarQuery'; readonly query: Query }
  | {
      readonly node: 'like';
      readonly op: 'LIKE' | 'ILIKE' | 'RLIKE';
      readonly operand: Expression;
      readonly pattern: Expression;
      readonly escapeCharacter: string;
      readonly negated: boolean;
    }
  | {
      readonly node: 'is';
      readonly what: 'NULL' | 'TRUE' | 'FALSE';
      readonly operand: Expression;
      readonly negated: boolean;
    }
  | {
      readonly node: 'case';
      readonly operand: Expression | undefined;
      readonly whens: readonly { readonly when: Expression; readonly result: Expression }[];
      readonly otherwise: Expression | undefined;
    }
  | { readonly node: 'cast'; readonly operand: Expression; readonly type: DataType; readonly safe: boolean }
  | { readonly node: 'interval'; readonly terms: readonly { readonly amount: Expression; readonly unit: string }[] }
  | { readonly node: 'parameter'; readonly name: string }
  | { readonly node: 'subscript'; readonly operand: Expression; readonly index: Expression }
  | { readonly node: 'field'; readonly operand: Expression; readonly field: string }
) & { readonly at: Position; readonly text: string };

export interface Call {
  readonly node: 'call';
  readonly name: string;
  readonly args: readonly Expression[];
  readonly distinct: boolean;
  readonly filter: Expression | undefined;
  readonly over: WindowSpec | string | undefined;
  readonly ignoreNulls: boolean;
}

export type BinaryOperator =
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'
  | 'DIV'
  | '||'
  | '&'
  | '|'
  | '^'
  | '='
  | '<>'
  | '<'
  | '<='
  | '>'
  | '>='
  | '<=>'
  | 'AND'
  | 'OR';

export interface WindowSpec {
  readonly base: string | undefined;
  readonly partitionBy: readonly Expression[];
  readonly orderBy: readonly SortItem[];
  readonly frame: Frame | undefined;
}

export interface Frame {
  readonly unit: 'ROWS' | 'RANGE';
  readonly start: FrameBound;
  readonly end: FrameBound;
}

export type FrameBound =
  | { readonly bound: 'UNBOUNDED PRECEDING' | 'CURRENT ROW' | 'UNBOUNDED FOLLOWING' }
  | { readonly bound: 'PRECEDING' | 'FOLLOWING'; readonly amount: Expression };

export interface SortItem {
  readonly expression: Expression;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

export interface Query {
  readonly ctes: readonly { readonly name: string; readonly columns: readonly string[]; readonly query: Query }[];
  readonly body: QueryBody;
  readonly orderBy: readonly SortItem[] | 'ALL';
  readonly limit: Expression | undefined;
  readonly offset: Expression | undefined;
}

export type QueryBody =
  | Select
  | {
      readonly node: 'set';
      readonly op: 'UNION' | 'INTERSECT' | 'EXCEPT';
      readonly all: boolean;
      readonly left: QueryBody;
      readonly right: QueryBody;
    }
  | { readonly node: 'values'; readonly rows: readonly (readonly Expression[])[]; readonly at: Position }
  | { readonly node: 'nested'; readonly query: Query };

export interface Select {
  readonly node: 'select';
  readonly distinct: boolean;
  readonly items: readonly { readonly expression: Expression; readonly alias: string | undefined }[];
  readonly from: Relation | undefined;
  readonly where: Expression | undefined;
  readonly groupBy: readonly Expression[] | 'ALL' | undefined;
  readonly having: Expression | undefined;
  readonly qualify: Expression | undefined;
  readonly windows: ReadonlyMap<string, WindowSpec>;
  readonly at: Position;
}

export type JoinKind = 'INNER' | 'LEFT' | 'RIGHT' | 'FULL' | 'CROSS' | 'SEMI' | 'ANTI';

export type Relation =
  | NamedRelation
  | PathRelation
  | { readonly node: 'subquery'; readonly query: Query; readonly alias: Alias | undefined }
  | { readonly node: 'tableFunction'; readonly call: Expression; readonly alias: Alias | undefined }
  | {
      readonly node: 'join';
      readonly kind: JoinKind;
      readonly left: Relation;
      readonly right: Relation;
      readonly on: Expression | undefined;
      readonly using: readonly string[];
    };

export interface Alias {
  readonly name: string;
  readonly columns: readonly string[];
}

export interface NamedRelation {
  readonly node: 'named';
  readonly parts: readonly string[];
  readonly alias: Alias | undefined;
  readonly version: number | undefined;
  readonly at: Position;
}

/** parquet.`path` and delta.`path`. */
export interface PathRelation {
  readonly node: 'path';
  readonly format: 'parquet' | 'delta';
  readonly path: string;
  readonly alias: Alias | undefined;
  readonly at: Position;
}

export interface ColumnDefinition {
  readonly name: string;
  readonly type: DataType;
  readonly notNull: boolean;
  readonly comment: string | undefined;
}

export interface Assignment {
  readonly column: readonly string[];
  readonly value: Expression;
  readonly at: Position;
}

export type MergeAction =
  | { readonly action: 'UPDATE'; readonly assignments: readonly Assignment[] | '*' }
  | { readonly action: 'DELETE' }
  | { readonly action: 'INSERT'; readonly columns: readonly string[]; readonly values: readonly Expression[] | '*' };

export interface MergeClause {
  readonly when: 'MATCHED' | 'NOT MATCHED' | 'NOT MATCHED BY SOURCE';
  readonly condition: Expression | undefined;
  readonly effect: MergeAction;
}

export interface Merge {
  readonly node: 'merge';
  readonly target: NamedRelation | PathRelation;
  readonly source: Relation;
  readonly on: Expression;
  readonly clauses: readonly MergeClause[];
}

export interface CreateTable {
  readonly node: 'createTable';
  readonly name: readonly string[];
  readonly replace: boolean;
  readonly ifNotExists: boolean;
  readonly columns: readonly ColumnDefinition[];
  readonly location: string | undefined;
  readonly comment: string | undefined;
  readonly properties: Readonly<Record<string, string>>;
  readonly query: Query | undefined;
}

export type StatementNode =
  | { readonly node: 'query'; readonly query: Query }
  | {
      readonly node: 'createSchema';
      readonly name: readonly string[];
      readonly ifNotExists: boolean;
      readonly location: string | undefined;
    }
  | { readonly node: 'createCatalog'; readonly name: string; readonly ifNotExists: boolean }
  | CreateTable
  | {
      readonly node: 'createView';
      readonly name: readonly string[];
      readonly replace: boolean;
      readonly ifNotExists: boolean;
      readonly temporary: boolean;
      readonly columns: readonly string[];
      readonly query: Query;
      /** The query as written: what the catalog keeps. */
      readonly text: string;
    }
  | {
      readonly node: 'drop';
      readonly what: 'TABLE' | 'VIEW' | 'SCHEMA';
      readonly name: readonly string[];
      readonly ifExists: boolean;
      readonly cascade: boolean;
    }
  | {
      readonly node: 'insert';
      readonly target: NamedRelation | PathRelation;
      readonly overwrite: boolean;
      readonly columns: readonly string[];
      readonly byName: boolean;
      readonly query: Query;
    }
  | Merge
  | {
      readonly node: 'update';
      readonly target: NamedRelation | PathRelation;
      readonly assignments: readonly Assignment[];
      readonly where: Expression | undefined;
    }
  | { readonly node: 'delete'; readonly target: NamedRelation | PathRelation; readonly where: Expression | undefined }
  | { readonly node: 'truncate'; readonly target: NamedRelation }
  | {
      readonly node: 'describe';
      readonly target: NamedRelation | PathRelation;
      readonly what: 'columns' | 'history' | 'detail';
    }
  | {
      readonly node: 'show';
      readonly what: 'TABLES' | 'SCHEMAS' | 'VIEWS' | 'CATALOGS';
      readonly in: readonly string[];
    }
  | { readonly node: 'use'; readonly name: readonly string[]; readonly catalog: boolean }
  | { readonly node: 'setOption'; readonly key: string; readonly value: string }
  | {
      readonly node: 'declare';
      readonly name: string;
      readonly replace: boolean;
      readonly type: DataType | undefined;
      readonly value: Expression | undefined;
    }
  | { readonly node: 'setVariable'; readonly names: readonly string[]; readonly value: Expression }
  | {
      readonly node: 'alterProperties';
      readonly target: NamedRelation;
      readonly properties: Readonly<Record<string, string>>;
    }
  | { readonly node: 'addColumns'; readonly target: NamedRelation; readonly columns: readonly ColumnDefinition[] }
  | { readonly node: 'optimize'; readonly target: NamedRelation | PathRelation }
  | {
      readonly node: 'vacuum';
      readonly target: NamedRelation | PathRelation;
      readonly retainHours: number | undefined;
    };

/** A statement and the relations it names anywhere, CTE names included: what has to be looked up before it can be bound. */
export interface Statement {
  readonly statement: StatementNode;
  readonly relations: readonly (NamedRelation | PathRelation)[];
  readonly text: string;
}
