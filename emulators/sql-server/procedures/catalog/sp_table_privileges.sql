CREATE PROCEDURE sys.sp_table_privileges
  @table_name nvarchar(384), @table_owner nvarchar(384) = NULL, @table_qualifier sysname = NULL, @fUsePattern bit = 1
AS
SELECT DB_NAME() AS TABLE_QUALIFIER, s.name AS TABLE_OWNER, t.name AS TABLE_NAME, CAST('dbo' AS nvarchar(128)) AS GRANTOR,
  CAST('dbo' AS nvarchar(128)) AS GRANTEE, CAST(v.privilege AS varchar(32)) AS PRIVILEGE, CAST('YES' AS varchar(3)) AS IS_GRANTABLE
FROM sys.tables AS t JOIN sys.schemas AS s ON s.schema_id = t.schema_id
CROSS JOIN (VALUES ('DELETE'), ('INSERT'), ('REFERENCES'), ('SELECT'), ('UPDATE')) AS v(privilege)
WHERE ((@fUsePattern = 1 AND t.name LIKE @table_name) OR t.name = @table_name)
  AND (@table_owner IS NULL OR (@fUsePattern = 1 AND s.name LIKE @table_owner) OR s.name = @table_owner)
ORDER BY TABLE_QUALIFIER, TABLE_OWNER, TABLE_NAME, PRIVILEGE
