CREATE PROCEDURE sys.sp_special_columns_100
  @table_name sysname, @table_owner sysname = NULL, @table_qualifier sysname = NULL, @col_type char(1) = 'R', @scope char(1) = 'T',
  @nullable char(1) = 'U', @ODBCVer int = 2
AS
SELECT CAST(1 AS smallint) AS SCOPE, v.COLUMN_NAME, CASE WHEN @ODBCVer >= 3 THEN v.DATA_TYPE ELSE v.DATA_TYPE_2 END AS DATA_TYPE, v.TYPE_NAME,
  v.[PRECISION], v.LENGTH, v.SCALE, CAST(1 AS smallint) AS PSEUDO_COLUMN
FROM sys.spt_columns_odbc_view AS v
JOIN sys.indexes AS i ON i.object_id = OBJECT_ID(QUOTENAME(v.TABLE_OWNER) + '.' + QUOTENAME(v.TABLE_NAME)) AND i.is_primary_key = 1
JOIN sys.index_columns AS k ON k.object_id = i.object_id AND k.index_id = i.index_id AND k.column_id = v.ORDINAL_POSITION AND k.is_included_column = 0
WHERE v.TABLE_NAME = @table_name AND v.TABLE_OWNER = ISNULL(@table_owner, v.TABLE_OWNER) AND @col_type = 'R'
ORDER BY k.key_ordinal
