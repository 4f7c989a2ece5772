-- Records that a window lies in bronze, and moves the table's watermark to its end: both or neither.
--
-- Again with the same arguments it changes nothing, as a pipeline may repeat it without knowing whether the first call arrived. A
-- watermark that is not where the window was planned from means that somebody else has committed meanwhile: 50002, and the
-- window has to be planned again. Changes that were cleaned up while they were being copied are a lost position: 50001.
CREATE OR ALTER PROCEDURE etl.commit_window
  @table_name nvarchar(128),
  @mode varchar(10),
  @from_lsn varchar(22),
  @to_lsn varchar(22),
  @path nvarchar(400),
  @row_count bigint,
  @pipeline_run_id varchar(50)
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @message nvarchar(2000);
  DECLARE @from binary(10) = TRY_CONVERT(binary(10), @from_lsn, 1);
  DECLARE @to binary(10) = TRY_CONVERT(binary(10), @to_lsn, 1);
  DECLARE @source_object_id int = OBJECT_ID(N'dbo.' + QUOTENAME(@table_name), N'U');

  IF @from IS NULL OR @to IS NULL OR LEN(@from_lsn) <> 22 OR LEN(@to_lsn) <> 22 OR @from > @to
  BEGIN
    SET @message = CONCAT(N'etl.commit_window: [', @from_lsn, N', ', @to_lsn, N'] is not a window of LSNs; expected 0x and 20 hexadecimal digits, from not above to.');
    THROW 50004, @message, 1;
  END;

  IF @mode NOT IN ('changes', 'snapshot')
  BEGIN
    SET @message = CONCAT(N'etl.commit_window: mode ''', @mode, N''' cannot be committed; expected changes or snapshot.');
    THROW 50004, @message, 1;
  END;

  BEGIN TRY
    BEGIN TRANSACTION;

    -- The lock makes two commits of one table follow one another, the first of them included, when there is no row yet.
    DECLARE @watermark binary(10);
    SELECT @watermark = lsn FROM etl.watermark WITH (UPDLOCK, HOLDLOCK) WHERE table_name = @table_name;

    IF EXISTS (
      SELECT 1 FROM etl.bronze_manifest
      WHERE table_name = @table_name AND from_lsn = @from AND to_lsn = @to AND mode = @mode AND path = @path AND row_count = @row_count
    )
    BEGIN
      COMMIT TRANSACTION;
      RETURN;
    END;

    IF sys.fn_cdc_increment_lsn(ISNULL(@watermark, 0x00000000000000000000)) <> @from
    BEGIN
      SET @message = CONCAT(
        N'etl.commit_window: the watermark of ', @table_name, N' is ', ISNULL(CONVERT(varchar(22), @watermark, 1), 'not set'),
        N', which is not where the window from ', @from_lsn, N' begins: another run has committed meanwhile. Plan the window again.');
      THROW 50002, @message, 1;
    END;

    DECLARE @instance nvarchar(128);
    SELECT TOP (1) @instance = capture_instance
    FROM cdc.change_tables
    WHERE source_object_id = @source_object_id AND (start_lsn <= @from OR @mode = 'snapshot')
    ORDER BY start_lsn DESC, create_date DESC;

    IF @instance IS NULL
    BEGIN
      SET @message = CONCAT(
        N'etl.commit_window: changes of ', @table_name, N' from ', @from_lsn,
        N' on were cleaned up while they were being copied, so the copy may lack rows. Run again with resnapshot for this table.');
      THROW 50001, @message, 1;
    END;

    INSERT INTO etl.bronze_manifest (table_name, from_lsn, to_lsn, mode, path, row_count, pipeline_run_id, committed_at)
    VALUES (@table_name, @from, @to, @mode, @path, @row_count, @pipeline_run_id, SYSUTCDATETIME());

    IF @watermark IS NULL
      INSERT INTO etl.watermark (table_name, capture_instance, lsn, updated_at)
      VALUES (@table_name, @instance, @to, SYSUTCDATETIME());
    ELSE
      UPDATE etl.watermark
      SET capture_instance = @instance, lsn = @to, updated_at = SYSUTCDATETIME()
      WHERE table_name = @table_name;

    COMMIT TRANSACTION;
  END TRY
  BEGIN CATCH
    IF XACT_STATE() <> 0
      ROLLBACK TRANSACTION;
    THROW;
  END CATCH;
END;
