-- What to copy of one table up to @to_lsn, as one row: mode, the closed interval [from_lsn, to_lsn], where it goes, the query that
-- reads it, and how many rows that query has.
--
--   none      the watermark has reached @to_lsn: there is nothing to do. A window without changes is 'changes' with 0 rows all the
--             same, so that its commit moves the watermark on: left behind, retention would overtake it and it would look like loss.
--   changes   from the watermark on.
--   snapshot  there is no watermark (first contact with a table that held rows before capture), or @resnapshot asks for it. Its
--             from_lsn follows from the watermark alone, not from @to_lsn, so that a repeat lands on the same path. It is refused (50005)
--             while nothing has been captured since the watermark.
--
-- Windows are cut by LSN, never by the clock: capture is asynchronous, and what is captured late would fall between two of them.
-- Changes are read from the change table itself, because cdc.fn_cdc_get_all_changes_* does not return __$command_id, which alone
-- orders the changes of one transaction; the function's check of the interval is made here, and again in etl.commit_window.
CREATE OR ALTER PROCEDURE etl.plan_window
  @table_name nvarchar(128),
  @to_lsn varchar(22),
  @resnapshot bit = 0
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @message nvarchar(2000);
  DECLARE @source_object_id int = OBJECT_ID(N'dbo.' + QUOTENAME(@table_name), N'U');

  IF @source_object_id IS NULL OR NOT EXISTS (SELECT 1 FROM cdc.change_tables WHERE source_object_id = @source_object_id)
  BEGIN
    SET @message = CONCAT(N'etl.plan_window: change data capture does not watch a table dbo.', @table_name, N'. Run enable-cdc first.');
    THROW 50003, @message, 1;
  END;

  DECLARE @to binary(10) = TRY_CONVERT(binary(10), @to_lsn, 1);
  IF @to IS NULL OR LEN(@to_lsn) <> 22
  BEGIN
    SET @message = CONCAT(N'etl.plan_window: @to_lsn ''', @to_lsn, N''' is not an LSN; expected 0x and 20 hexadecimal digits.');
    THROW 50004, @message, 1;
  END;

  DECLARE @watermark binary(10);
  SELECT @watermark = lsn FROM etl.watermark WHERE table_name = @table_name;

  DECLARE @from binary(10) = sys.fn_cdc_increment_lsn(ISNULL(@watermark, 0x00000000000000000000));
  DECLARE @mode varchar(10) = CASE WHEN @watermark IS NULL OR @resnapshot = 1 THEN 'snapshot' ELSE 'changes' END;

  -- A table has at most two capture instances. The window belongs to the newest one that reaches back to its beginning, and ends
  -- before a newer one takes over.
  DECLARE @instance nvarchar(128), @change_table_id int;
  SELECT TOP (1) @instance = capture_instance, @change_table_id = object_id
  FROM cdc.change_tables
  WHERE source_object_id = @source_object_id AND (start_lsn <= @from OR @mode = 'snapshot')
  ORDER BY start_lsn DESC, create_date DESC;

  IF @instance IS NULL
  BEGIN
    SET @message = CONCAT(
      N'etl.plan_window: the position of ', @table_name, N' is lost. It was read up to ', CONVERT(varchar(22), @watermark, 1),
      N', but changes before ',
      (SELECT CONVERT(varchar(22), MIN(start_lsn), 1) FROM cdc.change_tables WHERE source_object_id = @source_object_id),
      N' have been cleaned up. Going on would lose rows silently: run again with resnapshot for this table.');
    THROW 50001, @message, 1;
  END;

  -- Nothing was captured since the watermark: the next window will begin where this snapshot would, and lie on the same path.
  IF @mode = 'snapshot' AND @from > @to
  BEGIN
    SET @message = CONCAT(
      N'etl.plan_window: there is no room for a snapshot of ', @table_name, N' after ', CONVERT(varchar(22), @watermark, 1),
      N': nothing has been captured since. Run again when the source has changed (in Azure, after capture''s next scan).');
    THROW 50005, @message, 1;
  END;

  IF @mode = 'changes'
  BEGIN
    DECLARE @next_start binary(10);
    SELECT @next_start = MIN(start_lsn)
    FROM cdc.change_tables
    WHERE source_object_id = @source_object_id AND start_lsn > @from AND capture_instance <> @instance;
    IF @next_start <= @to
      SET @to = sys.fn_cdc_decrement_lsn(@next_start);
    IF @from > @to
      SET @mode = 'none';
  END;

  -- The instance's own columns: those added to the table since are not captured, those dropped from it come as NULL.
  DECLARE @columns nvarchar(max), @sql nvarchar(max), @query nvarchar(max), @source_rows bigint = 0;
  DECLARE @change_table nvarchar(300) = N'cdc.' + QUOTENAME(@instance + N'_CT');
  DECLARE @range nvarchar(200) = N'c.[__$start_lsn] >= ' + CONVERT(varchar(22), @from, 1)
    + N' AND c.[__$start_lsn] <= ' + CONVERT(varchar(22), @to, 1) + N' AND c.[__$operation] <> 3';

  IF @mode = 'changes'
  BEGIN
    SELECT @columns = STRING_AGG(CONVERT(nvarchar(max), N'c.' + QUOTENAME(column_name)), N', ') WITHIN GROUP (ORDER BY column_ordinal)
    FROM cdc.captured_columns
    WHERE object_id = @change_table_id;

    SET @sql = N'SELECT @count = COUNT_BIG(*) FROM ' + @change_table + N' AS c WHERE ' + @range + N';';
    EXEC sys.sp_executesql @sql, N'@count bigint OUTPUT', @count = @source_rows OUTPUT;

    SET @query = N'SELECT CONVERT(varchar(22), c.[__$start_lsn], 1) AS [_lsn], CONVERT(varchar(22), c.[__$seqval], 1) AS [_seqval], '
      + N'CAST(c.[__$command_id] AS int) AS [_command_id], CAST(c.[__$operation] AS int) AS [_operation], '
      + N'CAST(m.tran_end_time AS datetime2(3)) AS [_commit_time], ' + @columns
      + N' FROM ' + @change_table + N' AS c'
      + N' LEFT JOIN cdc.lsn_time_mapping AS m ON m.start_lsn = c.[__$start_lsn]'
      + N' WHERE ' + @range
      + N' ORDER BY c.[__$start_lsn], c.[__$command_id], c.[__$seqval], c.[__$operation];';
  END;

  IF @mode = 'snapshot'
  BEGIN
    -- Only columns that are both captured and still there: the changes that follow will have the same.
    SELECT @columns = STRING_AGG(CONVERT(nvarchar(max), N't.' + QUOTENAME(k.column_name)), N', ') WITHIN GROUP (ORDER BY k.column_ordinal)
    FROM cdc.captured_columns AS k
    JOIN sys.columns AS s ON s.object_id = @source_object_id AND s.name = k.column_name
    WHERE k.object_id = @change_table_id;

    SET @sql = N'SELECT @count = COUNT_BIG(*) FROM dbo.' + QUOTENAME(@table_name) + N';';
    EXEC sys.sp_executesql @sql, N'@count bigint OUTPUT', @count = @source_rows OUTPUT;

    -- @to was read before the rows are: what changes in between comes again in the next window, and applies twice to the same end.
    SET @query = N'SELECT CAST(''' + CONVERT(varchar(22), @to, 1) + N''' AS varchar(22)) AS [_lsn], '
      + N'CAST(''0x00000000000000000000'' AS varchar(22)) AS [_seqval], CAST(0 AS int) AS [_command_id], CAST(2 AS int) AS [_operation], '
      + N'CAST(''' + CONVERT(varchar(23), CAST(ISNULL(sys.fn_cdc_map_lsn_to_time(@to), SYSUTCDATETIME()) AS datetime2(3)), 126)
      + N''' AS datetime2(3)) AS [_commit_time], ' + @columns
      + N' FROM dbo.' + QUOTENAME(@table_name) + N' AS t;';
  END;

  SELECT
    @mode AS mode,
    CONVERT(varchar(22), @from, 1) AS from_lsn,
    CONVERT(varchar(22), @to, 1) AS to_lsn,
    CONCAT(@table_name, N'/from_lsn=', SUBSTRING(CONVERT(varchar(22), @from, 1), 3, 20)) AS folder,
    CONCAT(@table_name, N'.parquet') AS [file],
    @query AS query,
    @source_rows AS source_rows;
END;
