/** Functions that make a query a grouped one when they stand without OVER. */
export const AGGREGATES: ReadonlySet<string> = new Set(
  'COUNT COUNT_BIG SUM AVG MIN MAX STDEV STDEVP VAR VARP STRING_AGG APPROX_COUNT_DISTINCT GROUPING GROUPING_ID'.split(
    ' ',
  ),
);
