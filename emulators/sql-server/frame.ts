import { SqlError } from '../tsql/sql-error.ts';
import type { SqlType, SqlValue } from '../tsql/sql-type.ts';
import type { TableDefinition } from './catalog.ts';
import type { SqlCursor } from './cursors.ts';

export interface Variable {
  readonly type: SqlType;
  value: SqlValue;
}

/** One scope of variables: a batch, a procedure, the text of sp_executesql. */
export class Frame {
  readonly variables = new Map<string, Variable>();
  readonly tables = new Map<string, TableDefinition>();
  /** LOCAL cursors, by lower-case name. */
  readonly cursors = new Map<string, SqlCursor>();
  /** Name of the procedure, for ERROR_PROCEDURE(); empty in a batch. */
  readonly procedure: string;
  readonly objectId: number;
  scopeIdentity: bigint | null = null;
  returnStatus = 0;

  constructor(procedure = '', objectId = 0) {
    this.procedure = procedure;
    this.objectId = objectId;
  }

  declare(name: string, type: SqlType, value: SqlValue = null): void {
    const key = name.toLowerCase();
    if (this.variables.has(key)) {
      throw new SqlError(
        134,
        `The variable name '${name}' has already been declared. Variable names must be unique within a query batch or stored procedure.`,
        { severity: 15 },
      );
    }
    this.variables.set(key, { type, value });
  }

  variable(name: string): Variable {
    const found = this.variables.get(name.toLowerCase());
    if (!found) throw new SqlError(137, `Must declare the scalar variable "${name}".`, { severity: 15 });
    return found;
  }
}
