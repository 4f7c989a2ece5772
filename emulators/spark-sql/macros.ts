/**
 * DuckDB macros for what Spark defines and DuckDB has not, or has otherwise. Run once in every database that emitted SQL runs in. A value that Spark would
 * refuse fails by casting a message to INTEGER: unlike error(), a cast is not volatile, so it folds, joins and can be tried.
 */
export const macros: readonly string[] = [
  // Characters that DuckDB's string casts accept and Spark's refuse are made unreadable; `restoreText` undoes it in messages.
  `CREATE OR REPLACE MACRO spark_integer_text(s) AS translate(s, '.eE_', '\uE000\uE001\uE002\uE003')`,
  `CREATE OR REPLACE MACRO spark_invalid(s, t) AS CAST('[CAST_INVALID_INPUT] The value ''' || s || ''' of the type "STRING" cannot be cast to "' || t || '" because it is malformed. Correct the value as per the syntax, or change its target type. Use \`try_cast\` to tolerate malformed input and return NULL instead.' AS INTEGER)`,
  `CREATE OR REPLACE MACRO spark_string_to_boolean(s) AS CASE WHEN lower(trim(s, ' ')) IN ('t', 'true', 'y', 'yes', '1') THEN TRUE
     WHEN lower(trim(s, ' ')) IN ('f', 'false', 'n', 'no', '0') THEN FALSE
     WHEN s IS NOT NULL THEN CAST(spark_invalid(s, 'BOOLEAN') AS BOOLEAN) END`,
  `CREATE OR REPLACE MACRO spark_string_to_date(s) AS CASE
     WHEN regexp_full_match(trim(s), '\\d{4}-\\d{1,2}-\\d{1,2}([ T].*)?') THEN coalesce(try_cast(regexp_extract(trim(s), '^\\d{4}-\\d{1,2}-\\d{1,2}') AS DATE), CAST(CAST(spark_invalid(s, 'DATE') AS VARCHAR) AS DATE))
     WHEN regexp_full_match(trim(s), '\\d{4}-\\d{1,2}') THEN coalesce(try_cast(trim(s) || '-01' AS DATE), CAST(CAST(spark_invalid(s, 'DATE') AS VARCHAR) AS DATE))
     WHEN regexp_full_match(trim(s), '\\d{4}') THEN make_date(CAST(trim(s) AS INTEGER), 1, 1)
     WHEN s IS NOT NULL THEN CAST(CAST(spark_invalid(s, 'DATE') AS VARCHAR) AS DATE) END`,
  `CREATE OR REPLACE MACRO spark_string_to_timestamp(s) AS CASE
     WHEN regexp_full_match(trim(s), '\\d{4}-\\d{1,2}-\\d{1,2}([ T]\\d{1,2}:\\d{1,2}(:\\d{1,2}(\\.\\d{0,9})?)?\\s*\\S*)?') THEN coalesce(try_cast(CASE WHEN regexp_matches(trim(s), '[ T]\\d{1,2}:\\d{1,2}$') THEN trim(s) || ':00' ELSE trim(s) END AS TIMESTAMPTZ), CAST(CAST(spark_invalid(s, 'TIMESTAMP') AS VARCHAR) AS TIMESTAMPTZ))
     WHEN regexp_full_match(trim(s), '\\d{4}(-\\d{1,2})?') THEN CAST(spark_string_to_date(s) AS TIMESTAMPTZ)
     WHEN s IS NOT NULL THEN CAST(CAST(spark_invalid(s, 'TIMESTAMP') AS VARCHAR) AS TIMESTAMPTZ) END`,
  `CREATE OR REPLACE MACRO spark_epoch_seconds(t) AS CAST((epoch_us(t) - ((epoch_us(t) % 1000000) + 1000000) % 1000000) // 1000000 AS BIGINT)`,
  // Java's text of a double: plain between 1e-3 and 1e7, else d.dddE[-]n.
  `CREATE OR REPLACE MACRO spark_scientific(digits, exponent) AS
     digits[1] || '.' || CASE WHEN length(digits) > 1 THEN digits[2:] ELSE '0' END || 'E' || CAST(exponent AS VARCHAR)`,
  `CREATE OR REPLACE MACRO spark_digits(t) AS CASE WHEN rtrim(ltrim(replace(regexp_replace(t, '[eE].*$', ''), '.', ''), '0'), '0') = '' THEN '0' ELSE rtrim(ltrim(replace(regexp_replace(t, '[eE].*$', ''), '.', ''), '0'), '0') END`,
  `CREATE OR REPLACE MACRO spark_double_to_string(d) AS CASE
     WHEN d IS NULL THEN NULL
     WHEN isnan(d) THEN 'NaN'
     WHEN isinf(d) THEN CASE WHEN d > 0 THEN 'Infinity' ELSE '-Infinity' END
     WHEN d = 0 OR (abs(d) >= 0.001 AND abs(d) < 10000000) THEN CAST(d AS VARCHAR)
     ELSE CASE WHEN d < 0 THEN '-' ELSE '' END || spark_scientific(spark_digits(CAST(abs(d) AS VARCHAR)),
       CASE WHEN contains(CAST(d AS VARCHAR), 'e') THEN CAST(regexp_extract(CAST(d AS VARCHAR), 'e(.*)$', 1) AS INTEGER)
            WHEN abs(d) >= 1 THEN length(regexp_extract(CAST(abs(d) AS VARCHAR), '^\\d+')) - 1
            ELSE -1 - length(regexp_extract(CAST(abs(d) AS VARCHAR), '^0\\.(0*)', 1)) END) END`,
  `CREATE OR REPLACE MACRO spark_from(s, p) AS CASE WHEN p > 0 THEN p - 1 WHEN p < 0 THEN length(s) + p ELSE 0 END`,
  `CREATE OR REPLACE MACRO spark_substring(s, p, n) AS
     substring(s, greatest(spark_from(s, p), 0) + 1, greatest(least(spark_from(s, p) + CAST(n AS BIGINT), 4294967295) - greatest(spark_from(s, p), 0), 0))`,
  `CREATE OR REPLACE MACRO spark_locate(x, s, p) AS CASE WHEN p < 1 THEN 0
     WHEN instr(substring(s, p), x) = 0 THEN 0 ELSE CAST(instr(substring(s, p), x) + p - 1 AS INTEGER) END`,
  `CREATE OR REPLACE MACRO spark_initcap(s) AS array_to_string(list_transform(string_split(lower(s), ' '), lambda w: upper(w[1]) || w[2:]), ' ')`,
  `CREATE OR REPLACE MACRO spark_array_get(a, i) AS CASE WHEN i < 0 OR i >= len(a)
     THEN list_extract(a, CAST('[INVALID_ARRAY_INDEX] The index ' || i || ' is out of bounds. The array has ' || len(a) || ' elements.' AS INTEGER)) ELSE list_extract(a, i + 1) END`,
  `CREATE OR REPLACE MACRO spark_element_at(a, i) AS CASE WHEN i = 0 OR abs(i) > len(a)
     THEN list_extract(a, CAST('[INVALID_ARRAY_INDEX_IN_ELEMENT_AT] The index ' || i || ' is out of bounds. The array has ' || len(a) || ' elements.' AS INTEGER)) ELSE list_extract(a, i) END`,
  // Unscaled n * scale / d, rounded half up. The wide form divides in two steps, so that no intermediate outgrows a HUGEINT.
  `CREATE OR REPLACE MACRO spark_divide(n, d, scale) AS CASE WHEN (n < 0) = (d < 0) THEN 1 ELSE -1 END *
     ((abs(n) // abs(d)) * scale + (2 * (abs(n) % abs(d)) * scale + abs(d)) // (2 * abs(d)))`,
  `CREATE OR REPLACE MACRO spark_divide_wide(n, d, first, second) AS list_transform([struct_pack(a := abs(n), b := abs(d), positive := (n < 0) = (d < 0))], lambda v:
     CASE WHEN v.positive THEN 1 ELSE -1 END * ((v.a // v.b) * first * second + ((v.a % v.b) * first // v.b) * second +
     (2 * ((v.a % v.b) * first % v.b) * second + v.b) // (2 * v.b)))[1]`,
  `CREATE OR REPLACE MACRO spark_in_month(t) AS CAST(epoch_us(t) - epoch_us(date_trunc('month', t)) AS BIGINT)`,
  `CREATE OR REPLACE MACRO spark_months_apart(a, b) AS (year(b) - year(a)) * 12 + month(b) - month(a)`,
  `CREATE OR REPLACE MACRO spark_months_elapsed(a, b) AS spark_months_apart(a, b) + CASE
     WHEN spark_months_apart(a, b) > 0 AND spark_in_month(b) < spark_in_month(a) THEN -1
     WHEN spark_months_apart(a, b) < 0 AND spark_in_month(b) > spark_in_month(a) THEN 1 ELSE 0 END`,
  // https://docs.databricks.com/sql/language-manual/functions/months_between.html
  `CREATE OR REPLACE MACRO spark_months_between(a, b, rounded) AS CASE
     WHEN a IS NULL OR b IS NULL THEN NULL
     WHEN day(a) = day(b) OR (CAST(a AS DATE) = last_day(a) AND CAST(b AS DATE) = last_day(b))
       THEN CAST((year(a) - year(b)) * 12 + month(a) - month(b) AS DOUBLE)
     ELSE round((year(a) - year(b)) * 12 + month(a) - month(b) +
       CAST((day(a) - day(b)) * 86400 + (epoch(a) - epoch(CAST(CAST(a AS DATE) AS TIMESTAMP))) - (epoch(b) - epoch(CAST(CAST(b AS DATE) AS TIMESTAMP))) AS DOUBLE) / 2678400,
       CASE WHEN rounded THEN 8 ELSE 15 END) END`,
];

/** Undoes spark_integer_text in an error message. */
export function restoreText(text: string): string {
  return text.replace(/[\uE000-\uE003]/g, (character) => '.eE_'[character.charCodeAt(0) - 0xe000]!);
}
