CREATE PROCEDURE sys.sp_columns
  @table_name nvarchar(384), @table_owner nvarchar(384) = NULL, @table_qualifier sysname = NULL, @column_name nvarchar(384) = NULL,
  @ODBCVer int = 2, @fUsePattern bit = 1
AS
SELECT TABLE_QUALIFIER, TABLE_OWNER, TABLE_NAME, COLUMN_NAME, CASE WHEN @ODBCVer >= 3 THEN DATA_TYPE ELSE DATA_TYPE_2 END AS DATA_TYPE, TYPE_NAME,
  [PRECISION], LENGTH, SCALE, RADIX, NULLABLE, CAST(NULL AS varchar(254)) AS REMARKS, COLUMN_DEF, SQL_DATA_TYPE, SQL_DATETIME_SUB,
  CHAR_OCTET_LENGTH, ORDINAL_POSITION, IS_NULLABLE, SS_DATA_TYPE
FROM sys.spt_columns_odbc_view
WHERE (@table_name IS NULL OR (@fUsePattern = 1 AND TABLE_NAME LIKE @table_name) OR TABLE_NAME = @table_name)
  AND (@table_owner IS NULL OR (@fUsePattern = 1 AND TABLE_OWNER LIKE @table_owner) OR TABLE_OWNER = @table_owner)
  AND (@table_qualifier IS NULL OR TABLE_QUALIFIER = @table_qualifier)
  AND (@column_name IS NULL OR (@fUsePattern = 1 AND COLUMN_NAME LIKE @column_name) OR COLUMN_NAME = @column_name)
ORDER BY TABLE_QUALIFIER, TABLE_OWNER, TABLE_NAME, ORDINAL_POSITION
