-- One row per batch that was ever begun. The batch whose status is 'loading' has committed everything up to loaded_to.
IF OBJECT_ID(N'etl.ingest_batch', N'U') IS NULL
CREATE TABLE etl.ingest_batch (
  batch_id varchar(100) NOT NULL CONSTRAINT pk_ingest_batch PRIMARY KEY,
  window_from datetime2(3) NOT NULL,
  window_to datetime2(3) NOT NULL,
  loaded_to datetime2(3) NOT NULL,
  status varchar(10) NOT NULL CONSTRAINT ck_ingest_batch_status CHECK (status IN ('loading', 'loaded')),
  rows_inserted bigint NOT NULL CONSTRAINT df_ingest_batch_inserted DEFAULT (0),
  rows_updated bigint NOT NULL CONSTRAINT df_ingest_batch_updated DEFAULT (0),
  rows_deleted bigint NOT NULL CONSTRAINT df_ingest_batch_deleted DEFAULT (0),
  started_at datetime2(3) NOT NULL,
  finished_at datetime2(3) NULL,
  CONSTRAINT ck_ingest_batch_window CHECK (window_from <= loaded_to AND loaded_to <= window_to)
);
GO

-- What each slice of a batch did, table by table, so that a batch asked for again can answer as it did the first time.
IF OBJECT_ID(N'etl.ingest_slice', N'U') IS NULL
CREATE TABLE etl.ingest_slice (
  batch_id varchar(100) NOT NULL CONSTRAINT fk_ingest_slice_batch REFERENCES etl.ingest_batch (batch_id),
  loaded_to datetime2(3) NOT NULL,
  table_name varchar(128) NOT NULL,
  rows_inserted bigint NOT NULL,
  rows_updated bigint NOT NULL,
  rows_deleted bigint NOT NULL,
  CONSTRAINT pk_ingest_slice PRIMARY KEY (batch_id, loaded_to, table_name)
);
GO

-- The ledger: which rows were made bad, and how. What silver repairs and quarantines is held against it.
IF OBJECT_ID(N'etl.injected_defect', N'U') IS NULL
CREATE TABLE etl.injected_defect (
  table_name varchar(128) NOT NULL,
  row_key bigint NOT NULL,
  defect varchar(30) NOT NULL,
  column_name varchar(128) NOT NULL,
  batch_id varchar(100) NOT NULL,
  CONSTRAINT pk_injected_defect PRIMARY KEY (table_name, row_key, defect)
);
GO

-- How far each table has been carried to bronze: the last LSN whose changes are there.
IF OBJECT_ID(N'etl.watermark', N'U') IS NULL
CREATE TABLE etl.watermark (
  table_name varchar(128) NOT NULL CONSTRAINT pk_watermark PRIMARY KEY,
  capture_instance varchar(128) NOT NULL,
  lsn binary(10) NOT NULL,
  updated_at datetime2(3) NOT NULL
);
GO

-- One row per window that lies in bronze, complete. Windows of a table follow one another without gap or overlap.
IF OBJECT_ID(N'etl.bronze_manifest', N'U') IS NULL
CREATE TABLE etl.bronze_manifest (
  table_name varchar(128) NOT NULL,
  from_lsn binary(10) NOT NULL,
  to_lsn binary(10) NOT NULL,
  mode varchar(10) NOT NULL CONSTRAINT ck_bronze_manifest_mode CHECK (mode IN ('changes', 'snapshot')),
  path nvarchar(400) NOT NULL,
  row_count bigint NOT NULL,
  pipeline_run_id varchar(50) NOT NULL,
  committed_at datetime2(3) NOT NULL,
  CONSTRAINT pk_bronze_manifest PRIMARY KEY (table_name, from_lsn)
);
