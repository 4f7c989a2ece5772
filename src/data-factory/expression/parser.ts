import { ExpressionError } from './error.ts';
import { parseInner } from './json.ts';
import { readToken, type Token } from './lexer.ts';
import { float, type Inner } from './value.ts';

interface Place {
  /** Zero-based offset of the node's first character in the template's text. */
  readonly position: number;
}

export type Expression =
  | (Place & { readonly kind: 'constant'; readonly value: Inner })
  | (Place & { readonly kind: 'call'; readonly name: string; readonly arguments: readonly Expression[] })
  | (Place & {
      /** `a.b`, `a['b']`, `a[0]`; `safe` for `a?.b` and `a?['b']`. */
      readonly kind: 'access';
      readonly target: Expression;
      readonly key: Expression;
      readonly safe: boolean;
    });

/** A string of the JSON, read: literal text, one expression that keeps its type, or text with expressions in it. */
export type Template =
  | { readonly kind: 'literal'; readonly text: string; readonly value: string }
  | { readonly kind: 'expression'; readonly text: string; readonly expression: Expression }
  | { readonly kind: 'interpolation'; readonly text: string; readonly parts: readonly (string | Expression)[] };

/** Nesting beyond this is refused: it protects the evaluator's own stack. */
const maximumDepth = 200;

/**
 * Reads a string. The first character decides: `@` makes an expression, `@@` stands for one literal `@`, `@{...}` anywhere
 * interpolates, `@@{` is a literal `@{`; anything else, ` @` too, is literal.
 * @throws ExpressionError with the text and the position of the fault.
 */
export function parseTemplate(text: string): Template {
  if (text.startsWith('@') && !text.startsWith('@@') && !text.startsWith('@{')) {
    const { expression, next } = parseExpression(text, 1);
    if (next.kind !== 'end')
      throw fault(text, next, next.text === '}' ? "there is no '@{' to close" : 'expected the end of the expression');
    return { kind: 'expression', text, expression };
  }
  const parts: (string | Expression)[] = [];
  let literal = '';
  let from = 0;
  if (text.startsWith('@@') && !text.startsWith('@@{')) {
    literal = '@';
    from = 2;
  }
  for (;;) {
    const open = text.indexOf('@{', from);
    if (open < 0) break;
    if (text[open - 1] === '@' && open > from) {
      // `@@{`: the first @ escapes the second.
      literal += text.slice(from, open - 1) + '@{';
      from = open + 2;
      continue;
    }
    literal += text.slice(from, open);
    const { expression, next } = parseExpression(text, open + 2);
    if (next.kind !== 'punctuation' || next.text !== '}') throw fault(text, next, "expected '}' to close the '@{'");
    if (literal !== '') parts.push(literal);
    parts.push(expression);
    literal = '';
    from = next.end;
  }
  literal += text.slice(from);
  if (parts.length === 0) return { kind: 'literal', text, value: literal };
  if (literal !== '') parts.push(literal);
  return { kind: 'interpolation', text, parts };
}

function parseExpression(text: string, start: number): { expression: Expression; next: Token } {
  let token = readToken(text, start);
  const advance = (afterDot = false): Token => {
    const taken = token;
    token = readToken(text, taken.end, afterDot);
    return taken;
  };
  const isMark = (mark: string): boolean => token.kind === 'punctuation' && token.text === mark;
  const expect = (mark: string, why: string): void => {
    if (!isMark(mark)) throw fault(text, token, `expected '${mark}' ${why}`);
    advance();
  };

  function primary(depth: number): Expression {
    const position = token.start;
    if (depth > maximumDepth) throw fault(text, token, `expressions nest at most ${maximumDepth} levels deep`);
    if (token.kind === 'string') return { kind: 'constant', position, value: advance().text };
    if (token.kind === 'number') return { kind: 'constant', position, value: readNumber(text, advance()) };
    if (token.kind !== 'name')
      throw fault(text, token, 'expected a function call, a string, a number, true, false or null');
    const { text: name } = advance();
    if (!isMark('(')) {
      const constant = constants.get(name.toLowerCase());
      if (constant !== undefined) return { kind: 'constant', position, value: constant };
      throw new ExpressionError(
        `Unable to parse expression: the name '${name}' is not a function call; expected '(' after it, or quotes (') around it.`,
        { expression: text, position },
      );
    }
    advance();
    const list: Expression[] = [];
    if (!isMark(')')) {
      list.push(postfix(depth + 1));
      while (isMark(',')) {
        advance();
        list.push(postfix(depth + 1));
      }
    }
    expect(')', `or ',' in the arguments of '${name}'`);
    return { kind: 'call', position, name, arguments: list };
  }

  function postfix(depth: number): Expression {
    let target = primary(depth);
    for (;;) {
      const position = token.start;
      if (isMark('.') || isMark('?.')) {
        const safe = advance(true).text === '?.';
        if (token.kind !== 'name') throw fault(text, token, "expected a property's name after the '.'");
        const property = advance();
        target = {
          kind: 'access',
          position,
          target,
          key: { kind: 'constant', position: property.start, value: property.text },
          safe,
        };
      } else if (isMark('[') || isMark('?[')) {
        const safe = advance().text === '?[';
        const key = postfix(depth + 1);
        expect(']', "to close the '['");
        target = { kind: 'access', position, target, key, safe };
      } else return target;
    }
  }

  const expression = postfix(0);
  return { expression, next: token };
}

const constants = new Map<string, Inner>([
  ['true', true],
  ['false', false],
  ['null', null],
]);

function readNumber(text: string, token: Token): Inner {
  const written = token.text.replace(/^\+/, '').replace(/^(-?)\./, '$10.');
  if (/^-?\d+$/.test(written)) {
    try {
      return parseInner(written.replace(/^(-?)0+(?=\d)/, '$1'));
    } catch (cause) {
      throw new ExpressionError(`Unable to parse expression: '${token.text}' is not a number.`, {
        expression: text,
        position: token.start,
        cause,
      });
    }
  }
  return float(Number(written));
}

function fault(text: string, token: Token, expected: string): ExpressionError {
  const found = token.kind === 'end' ? 'the end' : `'${text.slice(token.start, token.end)}'`;
  return new ExpressionError(`Unable to parse expression: found ${found}; ${expected}.`, {
    expression: text,
    position: token.start,
  });
}
