CREATE PROCEDURE sys.sp_fkeys
  @pktable_name sysname = NULL, @pktable_owner sysname = NULL, @pktable_qualifier sysname = NULL,
  @fktable_name sysname = NULL, @fktable_owner sysname = NULL, @fktable_qualifier sysname = NULL
AS
IF @pktable_name IS NULL AND @fktable_name IS NULL
BEGIN
  RAISERROR('Primary key table name or foreign key table name must be given.', 16, 1)
  RETURN 1
END
SELECT DB_NAME() AS PKTABLE_QUALIFIER, ps.name AS PKTABLE_OWNER, pt.name AS PKTABLE_NAME, pc.name AS PKCOLUMN_NAME,
  DB_NAME() AS FKTABLE_QUALIFIER, fs.name AS FKTABLE_OWNER, ft.name AS FKTABLE_NAME, fc.name AS FKCOLUMN_NAME,
  CAST(k.constraint_column_id AS smallint) AS KEY_SEQ,
  CAST(CASE f.update_referential_action WHEN 1 THEN 0 WHEN 0 THEN 1 ELSE f.update_referential_action END AS smallint) AS UPDATE_RULE,
  CAST(CASE f.delete_referential_action WHEN 1 THEN 0 WHEN 0 THEN 1 ELSE f.delete_referential_action END AS smallint) AS DELETE_RULE,
  f.name AS FK_NAME, i.name AS PK_NAME, CAST(7 AS smallint) AS DEFERRABILITY
FROM sys.foreign_keys AS f JOIN sys.foreign_key_columns AS k ON k.constraint_object_id = f.object_id
JOIN sys.tables AS pt ON pt.object_id = f.referenced_object_id JOIN sys.schemas AS ps ON ps.schema_id = pt.schema_id
JOIN sys.tables AS ft ON ft.object_id = f.parent_object_id JOIN sys.schemas AS fs ON fs.schema_id = ft.schema_id
JOIN sys.columns AS pc ON pc.object_id = k.referenced_object_id AND pc.column_id = k.referenced_column_id
JOIN sys.columns AS fc ON fc.object_id = k.parent_object_id AND fc.column_id = k.parent_column_id
LEFT JOIN sys.indexes AS i ON i.object_id = f.referenced_object_id AND i.index_id = f.key_index_id
WHERE pt.name = ISNULL(@pktable_name, pt.name) AND ps.name = ISNULL(@pktable_owner, ps.name)
  AND ft.name = ISNULL(@fktable_name, ft.name) AND fs.name = ISNULL(@fktable_owner, fs.name)
ORDER BY FKTABLE_QUALIFIER, FKTABLE_OWNER, FKTABLE_NAME, FK_NAME, KEY_SEQ
