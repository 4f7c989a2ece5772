CREATE PROCEDURE sys.sp_tables
  @table_name nvarchar(384) = NULL, @table_owner nvarchar(384) = NULL, @table_qualifier sysname = NULL,
  @table_type varchar(100) = NULL, @fUsePattern bit = 1
AS
SELECT DB_NAME() AS TABLE_QUALIFIER, s.name AS TABLE_OWNER, o.name AS TABLE_NAME,
  CAST(CASE WHEN o.type = 'V' THEN 'VIEW' WHEN o.is_ms_shipped = 1 THEN 'SYSTEM TABLE' ELSE 'TABLE' END AS varchar(32)) AS TABLE_TYPE,
  CAST(NULL AS varchar(254)) AS REMARKS
FROM sys.objects AS o JOIN sys.schemas AS s ON s.schema_id = o.schema_id
WHERE o.type IN ('U', 'V')
  AND (@table_name IS NULL OR (@fUsePattern = 1 AND o.name LIKE @table_name) OR o.name = @table_name)
  AND (@table_owner IS NULL OR (@fUsePattern = 1 AND s.name LIKE @table_owner) OR s.name = @table_owner)
  AND (@table_qualifier IS NULL OR (@fUsePattern = 1 AND DB_NAME() LIKE @table_qualifier) OR DB_NAME() = @table_qualifier)
  AND (@table_type IS NULL OR CHARINDEX(CASE WHEN o.type = 'V' THEN '''VIEW''' WHEN o.is_ms_shipped = 1 THEN '''SYSTEM TABLE''' ELSE '''TABLE''' END, @table_type) > 0)
ORDER BY TABLE_TYPE, TABLE_QUALIFIER, TABLE_OWNER, TABLE_NAME
