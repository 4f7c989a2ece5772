CREATE PROCEDURE sys.sp_column_privileges
  @table_name sysname, @table_owner sysname = NULL, @table_qualifier sysname = NULL, @column_name nvarchar(384) = NULL
AS
SELECT TABLE_QUALIFIER, TABLE_OWNER, TABLE_NAME, COLUMN_NAME, CAST('dbo' AS nvarchar(128)) AS GRANTOR, CAST('dbo' AS nvarchar(128)) AS GRANTEE,
  CAST(v.privilege AS varchar(32)) AS PRIVILEGE, CAST('YES' AS varchar(3)) AS IS_GRANTABLE
FROM sys.spt_columns_odbc_view CROSS JOIN (VALUES ('INSERT'), ('REFERENCES'), ('SELECT'), ('UPDATE')) AS v(privilege)
WHERE TABLE_NAME = @table_name AND TABLE_OWNER = ISNULL(@table_owner, TABLE_OWNER) AND (@column_name IS NULL OR COLUMN_NAME LIKE @column_name)
ORDER BY TABLE_OWNER, TABLE_NAME, COLUMN_NAME, PRIVILEGE
