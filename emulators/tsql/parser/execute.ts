import type { Execute, ExecuteArgument, ExecuteString, Expression } from '../ast.ts';
import {
  accept,
  acceptAny,
  at,
  type Cursor,
  endOffset,
  isName,
  list,
  next,
  parenthesized,
  peek,
  syntaxError,
  unsupported,
} from './cursor.ts';
import { expression } from './expressions.ts';
import { objectName } from './names.ts';

/** `EXEC [@rc =] procedure arguments`, `EXEC (@sql)`. */
export function execute(c: Cursor): Execute | ExecuteString {
  const { start, line } = peek(c);
  acceptAny(c, 'EXEC', 'EXECUTE');
  if (at(c, 'AS')) throw unsupported(c, 'EXECUTE AS');
  if (at(c, '(')) {
    const text = parenthesized(c, () => expression(c));
    if (at(c, 'AT') || at(c, 'AS')) throw unsupported(c, `EXEC (..) ${peek(c).upper}`);
    return { kind: 'execute string', text, start, end: endOffset(c), line };
  }
  const first = peek(c);
  if (first.type !== 'variable') return procedureCall(c, start, line);
  next(c);
  if (accept(c, '=')) return procedureCall(c, start, line, first.text);
  const procedure = { kind: 'variable', name: first.text, line } as const;
  return { kind: 'execute', procedure, args: executeArguments(c), start, end: endOffset(c), line };
}

/** A call without EXEC, as the first statement of a batch. */
export function procedureCall(c: Cursor, start: number, line: number, returnVariable?: string): Execute {
  const token = peek(c);
  const procedure =
    returnVariable !== undefined && token.type === 'variable'
      ? { kind: 'variable' as const, name: next(c).text, line }
      : objectName(c);
  const args = executeArguments(c);
  return {
    kind: 'execute',
    ...(returnVariable && { returnVariable }),
    procedure,
    args,
    start,
    end: endOffset(c),
    line,
  };
}

function executeArguments(c: Cursor): readonly ExecuteArgument[] {
  const args = startsArgument(c) ? list(c, () => argument(c)) : [];
  if (accept(c, 'WITH')) {
    if (acceptAny(c, 'RECOMPILE') === undefined) throw unsupported(c, 'EXEC .. WITH RESULT SETS');
  }
  return args;
}

function startsArgument(c: Cursor): boolean {
  const token = peek(c);
  if (token.type === 'end') return false;
  if (token.type === 'symbol') return token.text === '-' || token.text === '+';
  return token.type !== 'word' || token.upper === 'NULL' || token.upper === 'DEFAULT' || isName(token);
}

function argument(c: Cursor): ExecuteArgument {
  const token = peek(c);
  const { line } = token;
  if (token.type === 'variable' && peek(c, 1).type === 'symbol' && peek(c, 1).text === '=') {
    next(c);
    next(c);
    return { name: token.text, ...argumentValue(c), line };
  }
  return { ...argumentValue(c), line };
}

/** A constant, a variable, DEFAULT, or a bare word, which is a string. No expressions: T-SQL allows none here. */
function argumentValue(c: Cursor): { value: Expression; output: boolean } {
  const token = peek(c);
  const { line } = token;
  let value: Expression;
  if (token.type === 'word' && isName(token)) {
    next(c);
    value = { kind: 'literal', type: 'nstring', text: token.text, line };
  } else if (token.type === 'quoted') {
    next(c);
    value = { kind: 'literal', type: 'nstring', text: token.text, line };
  } else {
    const sign = acceptAny(c, '-', '+');
    const literal = next(c);
    value = constant(c, literal);
    if (sign && (value.kind !== 'literal' || value.type === 'null')) throw syntaxError(c, literal);
    if (sign) value = { kind: 'unary', operator: sign, operand: value, line };
  }
  const output = acceptAny(c, 'OUTPUT', 'OUT') !== undefined;
  return { value, output };
}

function constant(c: Cursor, token: ReturnType<typeof next>): Expression {
  const { line, text, type } = token;
  if (type === 'variable') return { kind: 'variable', name: text, line };
  if (type === 'global') return { kind: 'global', name: text, line };
  if (token.upper === 'NULL') return { kind: 'literal', type: 'null', text: 'NULL', line };
  if (token.upper === 'DEFAULT') return { kind: 'default', line };
  if (type === 'word' || type === 'quoted' || type === 'symbol' || type === 'end') throw syntaxError(c, token);
  return { kind: 'literal', type, text, line };
}
