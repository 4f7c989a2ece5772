/** Tabular data on its way from a source to a sink: Data Factory's interim types, values in columns. */

export type InterimType =
  | { readonly kind: 'Boolean' | 'Byte' | 'Int16' | 'Int32' | 'Int64' | 'Single' | 'Double' }
  | { readonly kind: 'String' | 'Guid' | 'TimeSpan' | 'Byte[]' | 'Date' | 'DateTime' | 'DateTimeOffset' }
  /** `precision` 1 to 38 digits in all, `scale` of them after the point. */
  | { readonly kind: 'Decimal'; readonly precision: number; readonly scale: number };

/**
 * A value, by type; null for NULL of any:
 * Boolean: boolean. Byte, Int16, Int32, Single, Double: number. Int64: bigint. Decimal: bigint, unscaled. String, Guid, TimeSpan: string.
 * Byte[]: Uint8Array. Date: number, days since 1970-01-01. DateTime, DateTimeOffset: bigint, microseconds since 1970-01-01 UTC.
 */
export type InterimValue = boolean | number | bigint | string | Uint8Array | null;

export interface InterimColumn {
  readonly name: string;
  readonly type: InterimType;
}

/** `values[column][row]`; every column has as many values as the others, at most `batchRows`. */
export type ColumnBatch = readonly (readonly InterimValue[])[];

export interface ColumnBatches {
  readonly columns: readonly InterimColumn[];
  readonly batches: AsyncIterable<ColumnBatch>;
}

/** Rows in a batch: as many as the Parquet writer's engine takes at once. */
export const batchRows = 2048;
