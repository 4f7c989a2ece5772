import type { NamedRelation, PathRelation } from '../ast.ts';
import type { Token } from '../lexer.ts';
import { SparkError } from '../spark-error.ts';

/** A place in a list of tokens, and what the parser notes on its way. */
export class Cursor {
  readonly sql: string;
  readonly tokens: readonly Token[];
  readonly relations: (NamedRelation | PathRelation)[] = [];
  index = 0;

  constructor(sql: string, tokens: readonly Token[]) {
    this.sql = sql;
    this.tokens = tokens;
  }

  peek(ahead = 0): Token {
    return this.tokens[Math.min(this.index + ahead, this.tokens.length - 1)]!;
  }

  next(): Token {
    const token = this.peek();
    if (this.index < this.tokens.length - 1) this.index++;
    return token;
  }

  /** Whether the next tokens are these keywords or symbols. */
  at(...keys: readonly string[]): boolean {
    return keys.every((key, offset) => this.peek(offset).key === key);
  }

  /** Takes the keywords if all of them come next. */
  take(...keys: readonly string[]): boolean {
    if (!this.at(...keys)) return false;
    this.index += keys.length;
    return true;
  }

  expect(...keys: readonly string[]): void {
    for (const key of keys) if (!this.take(key)) throw this.unexpected(`expected ${key}`);
  }

  unexpected(hint?: string): SparkError {
    const token = this.peek();
    const near =
      token.kind === 'end' ? 'end of input' : `'${token.kind === 'string' ? `'${token.text}'` : token.text}'`;
    return new SparkError(
      'PARSE_SYNTAX_ERROR',
      `Syntax error at or near ${near}${hint === undefined ? '' : `: ${hint}`}.`,
      { at: token.at },
    );
  }

  /** An identifier, quoted or not. */
  identifier(): string {
    const token = this.peek();
    if (token.kind === 'quoted' || (token.kind === 'word' && !strictlyReserved.has(token.key))) {
      this.next();
      return token.text;
    }
    throw this.unexpected('expected an identifier');
  }

  /** `a.b.c` */
  qualifiedName(): string[] {
    const parts = [this.identifier()];
    while (this.take('.')) parts.push(this.memberName());
    return parts;
  }

  /** After a dot every word is a name. */
  memberName(): string {
    const token = this.next();
    if (token.kind !== 'quoted' && token.kind !== 'word') {
      this.index--;
      throw this.unexpected('expected a name');
    }
    return token.text;
  }

  string(): string {
    const token = this.peek();
    if (token.kind !== 'string') throw this.unexpected('expected a string');
    this.next();
    return token.text;
  }

  list<T>(item: () => T): T[] {
    const items = [item()];
    while (this.take(',')) items.push(item());
    return items;
  }

  parenthesised<T>(item: () => T): T {
    this.expect('(');
    const value = item();
    this.expect(')');
    return value;
  }

  /** The statement's text from a token to the one before the cursor. */
  textFrom(start: number): string {
    const last = this.tokens[Math.max(this.index - 1, 0)]!;
    return this.sql.slice(start, Math.max(last.end, start));
  }
}

/** Words that end an expression or a relation and so cannot be names or aliases without quotes. */
export const strictlyReserved: ReadonlySet<string> = new Set(
  (
    'ANTI CROSS EXCEPT FULL INNER INTERSECT JOIN LATERAL LEFT MINUS NATURAL ON RIGHT SEMI UNION USING WHERE GROUP HAVING QUALIFY ORDER ' +
    'LIMIT OFFSET WINDOW FROM SELECT WHEN THEN ELSE END AND OR NOT AS BY SET CASE IN IS BETWEEN LIKE ILIKE RLIKE REGEXP TABLESAMPLE CLUSTER DISTRIBUTE SORT PIVOT UNPIVOT'
  ).split(' '),
);
