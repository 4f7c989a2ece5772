-- The tables that change data capture watches, one row each, with one upper end of the window for all of them.
--
-- The end is read once: a run that read it per table could carry an order's line without its order. Where a table has two
-- capture instances (a change of its columns is under way) the one in use by the watermark is named; etl.plan_window decides by LSN.
CREATE OR ALTER PROCEDURE etl.list_tables
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  IF NOT EXISTS (SELECT 1 FROM sys.databases WHERE database_id = DB_ID() AND is_cdc_enabled = 1)
    THROW 50003, N'etl.list_tables: change data capture is not enabled in this database. Run enable-cdc first.', 1;

  IF NOT EXISTS (SELECT 1 FROM cdc.change_tables)
    THROW 50003, N'etl.list_tables: change data capture is enabled, but watches no table. Run enable-cdc first.', 1;

  DECLARE @to_lsn binary(10) = sys.fn_cdc_get_max_lsn();

  -- NULL means that cdc.lsn_time_mapping is empty: nothing was captured yet, capture does not run, or everything was cleaned up.
  IF @to_lsn IS NULL
    THROW 50003, N'etl.list_tables: sys.fn_cdc_get_max_lsn() is NULL: capture has recorded nothing. Right after enable-cdc or the first load, wait for its next scan (every 20 seconds on Azure SQL Database) and run again. If it stays so, capture is not running (a paused serverless database captures nothing; see sys.dm_cdc_errors) or all changes were cleaned up.', 1;

  WITH instances AS (
    SELECT
      t.name AS table_name,
      c.capture_instance,
      ROW_NUMBER() OVER (
        PARTITION BY c.source_object_id
        ORDER BY CASE WHEN w.capture_instance = c.capture_instance THEN 0 ELSE 1 END, c.start_lsn DESC, c.create_date DESC
      ) AS preference
    FROM cdc.change_tables AS c
    JOIN sys.tables AS t ON t.object_id = c.source_object_id
    JOIN sys.schemas AS s ON s.schema_id = t.schema_id
    LEFT JOIN etl.watermark AS w ON w.table_name = t.name
    WHERE s.name = N'dbo'
  )
  SELECT table_name, capture_instance, CONVERT(varchar(22), @to_lsn, 1) AS to_lsn
  FROM instances
  WHERE preference = 1
  ORDER BY table_name;
END;
