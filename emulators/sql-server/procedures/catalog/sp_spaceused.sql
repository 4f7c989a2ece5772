CREATE PROCEDURE sys.sp_spaceused @objname nvarchar(776) = NULL, @updateusage varchar(5) = 'false'
AS
IF @objname IS NULL
BEGIN
  SELECT DB_NAME() AS database_name, CAST(NULL AS varchar(18)) AS database_size, CAST(NULL AS varchar(18)) AS [unallocated space]
  RETURN 0
END
IF OBJECT_ID(@objname) IS NULL
BEGIN
  DECLARE @database sysname = DB_NAME()
  RAISERROR(N'The object ''%s'' does not exist in database ''%s'' or is invalid for this operation.', 16, 1, @objname, @database)
  RETURN 1
END
SELECT t.name, CAST(SUM(p.row_count) AS char(20)) AS rows, CAST(NULL AS varchar(18)) AS reserved, CAST(NULL AS varchar(18)) AS data,
  CAST(NULL AS varchar(18)) AS index_size, CAST(NULL AS varchar(18)) AS unused
FROM sys.tables AS t JOIN sys.dm_db_partition_stats AS p ON p.object_id = t.object_id AND p.index_id IN (0, 1)
WHERE t.object_id = OBJECT_ID(@objname)
GROUP BY t.name
