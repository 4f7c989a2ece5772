import { BINARY, BOOLEAN, type DataType, INTEGER, STRING } from '../../delta/data-type.ts';
import type { Bound } from '../binder/bound.ts';
import { implicitCast } from '../binder/coercion.ts';
import { notImplemented, SparkError } from '../spark-error.ts';
import { type CallSite, constantInteger, constantOf, define, type Registry, scalar } from './define.ts';
import { checkPattern, checkReplacement, groupsOf } from './regex.ts';

/** Functions of strings. Lengths and positions count characters; positions from 1. */
export function registerStrings(registry: Registry): void {
  define(registry, 'concat', {
    kind: 'scalar',
    min: 1,
    max: Number.POSITIVE_INFINITY,
    bind: ({ args, at }) => {
      if (args.some((arg) => arg.type.kind === 'array')) throw notImplemented('concat of arrays', at);
      // NULL if any part is: || rather than DuckDB's concat, which passes NULLs over.
      return { sql: `(${args.map((arg) => implicitCast(arg, STRING, at).sql).join(' || ')})`, type: STRING };
    },
  });
  define(registry, 'concat_ws', { kind: 'scalar', min: 1, max: Number.POSITIVE_INFINITY, bind: concatWs });

  scalar(registry, 'upper ucase', [STRING], STRING, ([a]) => `upper(${a})`);
  scalar(registry, 'lower lcase', [STRING], STRING, ([a]) => `lower(${a})`);
  // Spark trims spaces only, unless told which characters.
  for (const [name, duckDb] of [
    ['trim', 'trim'],
    ['ltrim', 'ltrim'],
    ['rtrim', 'rtrim'],
  ] as const)
    scalar(
      registry,
      name,
      [STRING, STRING],
      STRING,
      ([first, text]) => (text === undefined ? `${duckDb}(${first}, ' ')` : `${duckDb}(${text}, ${first})`),
      {
        optional: 1,
      },
    );
  scalar(registry, 'btrim', [STRING, STRING], STRING, ([text, characters = "' '"]) => `trim(${text}, ${characters})`, {
    optional: 1,
  });
  scalar(
    registry,
    'length char_length character_length len',
    [STRING],
    INTEGER,
    ([a]) => `CAST(length(${a}) AS INTEGER)`,
  );
  scalar(registry, 'octet_length', [STRING], INTEGER, ([a]) => `CAST(strlen(${a}) AS INTEGER)`);
  scalar(
    registry,
    'substring substr',
    [STRING, INTEGER, INTEGER],
    STRING,
    ([a, from, length = 'CAST(2147483647 AS BIGINT)']) => `spark_substring(${a}, ${from}, ${length})`,
    {
      optional: 1,
    },
  );
  scalar(registry, 'left', [STRING, INTEGER], STRING, ([a, n]) => `left(${a}, greatest(${n}, 0))`);
  scalar(registry, 'right', [STRING, INTEGER], STRING, ([a, n]) => `right(${a}, greatest(${n}, 0))`);
  scalar(
    registry,
    'replace',
    [STRING, STRING, STRING],
    STRING,
    ([a, search, by = "''"]) => `replace(${a}, ${search}, ${by})`,
    { optional: 1 },
  );
  scalar(registry, 'translate', [STRING, STRING, STRING], STRING, ([a, from, to]) => `translate(${a}, ${from}, ${to})`);
  scalar(
    registry,
    'lpad',
    [STRING, INTEGER, STRING],
    STRING,
    ([a, n, pad = "' '"]) => `lpad(${a}, greatest(${n}, 0), ${pad})`,
    { optional: 1 },
  );
  scalar(
    registry,
    'rpad',
    [STRING, INTEGER, STRING],
    STRING,
    ([a, n, pad = "' '"]) => `rpad(${a}, greatest(${n}, 0), ${pad})`,
    { optional: 1 },
  );
  scalar(registry, 'initcap', [STRING], STRING, ([a]) => `spark_initcap(${a})`);
  scalar(registry, 'reverse', [STRING], STRING, ([a]) => `reverse(${a})`);
  scalar(registry, 'repeat', [STRING, INTEGER], STRING, ([a, n]) => `repeat(${a}, greatest(${n}, 0))`);
  scalar(registry, 'space', [INTEGER], STRING, ([n]) => `repeat(' ', greatest(${n}, 0))`);
  scalar(
    registry,
    'ascii',
    [STRING],
    INTEGER,
    ([a]) => `CASE WHEN ${a} = '' THEN 0 ELSE CAST(unicode(${a}) AS INTEGER) END`,
  );
  scalar(
    registry,
    'chr char',
    [INTEGER],
    STRING,
    ([n]) => `CASE WHEN ${n} < 0 THEN '' ELSE chr(CAST(${n} % 256 AS INTEGER)) END`,
  );

  scalar(registry, 'instr', [STRING, STRING], INTEGER, ([a, search]) => `CAST(instr(${a}, ${search}) AS INTEGER)`);
  scalar(
    registry,
    'locate position charindex',
    [STRING, STRING, INTEGER],
    INTEGER,
    ([search, a, from]) =>
      from === undefined ? `CAST(instr(${a}, ${search}) AS INTEGER)` : `spark_locate(${search}, ${a}, ${from})`,
    { optional: 1 },
  );
  scalar(registry, 'contains', [STRING, STRING], BOOLEAN, ([a, search]) => `contains(${a}, ${search})`);
  scalar(registry, 'startswith', [STRING, STRING], BOOLEAN, ([a, search]) => `starts_with(${a}, ${search})`);
  scalar(registry, 'endswith', [STRING, STRING], BOOLEAN, ([a, search]) => `ends_with(${a}, ${search})`);

  scalar(registry, 'split_part', [STRING, STRING, INTEGER], STRING, ([a, by, n], site) => {
    if (site.args[2]!.constant === '0')
      throw new SparkError(
        'INVALID_INDEX_OF_ZERO',
        'The index 0 is invalid. An index shall be either < 0 or > 0 (the first element has index 1).',
        {
          at: site.at,
          sqlState: '22003',
        },
      );
    return `CASE WHEN ${by} = '' THEN ${a} ELSE split_part(${a}, ${by}, ${n}) END`;
  });
  const strings: DataType = { kind: 'array', element: STRING };
  scalar(
    registry,
    'split',
    [STRING, STRING],
    strings,
    ([a], site) => `string_split_regex(${a}, ${checkPattern(site.args[1]!, site.at)})`,
  );

  scalar(
    registry,
    'regexp_replace',
    [STRING, STRING, STRING],
    STRING,
    ([a], { args, at }) =>
      `regexp_replace(${a}, ${checkPattern(args[1]!, at)}, ${checkReplacement(args[2]!, at)}, 'g')`,
  );
  const group = (site: CallSite): number => {
    const index = site.args[2] === undefined ? 1 : constantInteger(site, 2);
    const groups = groupsOf(constantOf(site, 1));
    if (index < 0 || index > groups)
      throw new SparkError(
        'INVALID_PARAMETER_VALUE.REGEX_GROUP_INDEX',
        `The value of parameter(s) \`idx\` in \`${site.name}\` is invalid: Expects group index between 0 and ${groups}, but got ${index}.`,
        {
          at: site.at,
          sqlState: '22023',
        },
      );
    return index;
  };
  scalar(
    registry,
    'regexp_extract',
    [STRING, STRING, INTEGER],
    STRING,
    ([a], site) => `regexp_extract(${a}, ${checkPattern(site.args[1]!, site.at)}, ${group(site)})`,
    {
      optional: 1,
    },
  );
  scalar(
    registry,
    'regexp_extract_all',
    [STRING, STRING, INTEGER],
    strings,
    ([a], site) => `regexp_extract_all(${a}, ${checkPattern(site.args[1]!, site.at)}, ${group(site)})`,
    {
      optional: 1,
    },
  );
  scalar(
    registry,
    'regexp_like regexp rlike',
    [STRING, STRING],
    BOOLEAN,
    ([a], { args, at }) => `regexp_matches(${a}, ${checkPattern(args[1]!, at)})`,
  );
  scalar(
    registry,
    'regexp_count',
    [STRING, STRING],
    INTEGER,
    ([a], { args, at }) => `CAST(len(regexp_extract_all(${a}, ${checkPattern(args[1]!, at)})) AS INTEGER)`,
  );

  scalar(registry, 'md5', [STRING], STRING, ([a]) => `md5(${a})`);
  scalar(registry, 'sha sha1', [STRING], STRING, ([a]) => `sha1(${a})`);
  scalar(registry, 'sha2', [STRING, INTEGER], STRING, ([a], site) => {
    const bits = constantInteger(site, 1);
    if (bits !== 0 && bits !== 256) throw notImplemented(`sha2 with ${bits} bits; 256 is implemented`, site.at);
    return `sha256(${a})`;
  });
  scalar(registry, 'hex', ['any'], STRING, ([a], { bounds, at }) => {
    if (bounds[0]!.type.kind === 'array') throw notImplemented('hex of an array', at);
    return `upper(hex(${a}))`;
  });
  scalar(registry, 'unhex', [STRING], BINARY, ([a]) => `unhex(${a})`);
  scalar(registry, 'base64', [STRING], STRING, ([a]) => `base64(encode(${a}))`);
}

/** Passes NULLs over; arrays stand for their elements. */
function concatWs({ args, at }: CallSite): Bound {
  const [separator, ...parts] = args;
  const by = implicitCast(separator!, STRING, at).sql;
  if (parts.length === 0) return { sql: `CASE WHEN ${by} IS NOT NULL THEN '' END`, type: STRING };
  if (!parts.some((part) => part.type.kind === 'array'))
    return {
      sql: `concat_ws(${by}, ${parts.map((part) => implicitCast(part, STRING, at).sql).join(', ')})`,
      type: STRING,
    };
  const lists = parts.map((part) =>
    part.type.kind === 'array'
      ? `coalesce(CAST(${part.sql} AS VARCHAR[]), [])`
      : `[${implicitCast(part, STRING, at).sql}]`,
  );
  return {
    sql: `array_to_string(list_filter(flatten([${lists.join(', ')}]), lambda v: v IS NOT NULL), ${by})`,
    type: STRING,
  };
}
