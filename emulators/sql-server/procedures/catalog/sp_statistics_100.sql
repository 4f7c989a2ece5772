CREATE PROCEDURE sys.sp_statistics_100
  @table_name sysname, @table_owner sysname = NULL, @table_qualifier sysname = NULL, @index_name sysname = N'%', @is_unique char(1) = 'N',
  @accuracy char(1) = 'Q'
AS
SELECT DB_NAME() AS TABLE_QUALIFIER, s.name AS TABLE_OWNER, t.name AS TABLE_NAME, CAST(NULL AS smallint) AS NON_UNIQUE,
  CAST(NULL AS nvarchar(128)) AS INDEX_QUALIFIER, CAST(NULL AS nvarchar(128)) AS INDEX_NAME, CAST(0 AS smallint) AS TYPE,
  CAST(NULL AS smallint) AS SEQ_IN_INDEX, CAST(NULL AS nvarchar(128)) AS COLUMN_NAME, CAST(NULL AS char(1)) AS COLLATION,
  CAST(p.row_count AS int) AS CARDINALITY, CAST(NULL AS int) AS PAGES, CAST(NULL AS varchar(128)) AS FILTER_CONDITION
FROM sys.tables AS t JOIN sys.schemas AS s ON s.schema_id = t.schema_id
JOIN sys.dm_db_partition_stats AS p ON p.object_id = t.object_id AND p.index_id IN (0, 1)
WHERE t.name = @table_name AND s.name = ISNULL(@table_owner, s.name) AND DB_NAME() = ISNULL(@table_qualifier, DB_NAME())
UNION ALL
SELECT DB_NAME(), s.name, t.name, CAST(CASE WHEN i.is_unique = 1 THEN 0 ELSE 1 END AS smallint), t.name, i.name,
  CAST(CASE WHEN i.type = 1 THEN 1 ELSE 3 END AS smallint), CAST(k.key_ordinal AS smallint), c.name,
  CAST(CASE WHEN k.is_descending_key = 1 THEN 'D' ELSE 'A' END AS char(1)), NULL, NULL, CAST(i.filter_definition AS varchar(128))
FROM sys.tables AS t JOIN sys.schemas AS s ON s.schema_id = t.schema_id
JOIN sys.indexes AS i ON i.object_id = t.object_id AND i.index_id > 0
JOIN sys.index_columns AS k ON k.object_id = i.object_id AND k.index_id = i.index_id AND k.is_included_column = 0
JOIN sys.columns AS c ON c.object_id = k.object_id AND c.column_id = k.column_id
WHERE t.name = @table_name AND s.name = ISNULL(@table_owner, s.name) AND DB_NAME() = ISNULL(@table_qualifier, DB_NAME())
  AND i.name LIKE @index_name AND (@is_unique <> 'Y' OR i.is_unique = 1)
ORDER BY NON_UNIQUE, TYPE, INDEX_NAME, SEQ_IN_INDEX
