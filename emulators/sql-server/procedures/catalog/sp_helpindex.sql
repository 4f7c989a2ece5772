CREATE PROCEDURE sys.sp_helpindex @objname nvarchar(776)
AS
IF OBJECT_ID(@objname) IS NULL
BEGIN
  DECLARE @database sysname = DB_NAME()
  RAISERROR(N'The object ''%s'' does not exist in database ''%s'' or is invalid for this operation.', 16, 1, @objname, @database)
  RETURN 1
END
SELECT i.name AS index_name,
  CAST(LOWER(i.type_desc) + CASE WHEN i.is_unique = 1 THEN ', unique' ELSE '' END + CASE WHEN i.is_primary_key = 1 THEN ', primary key' ELSE '' END
    + CASE WHEN i.is_unique_constraint = 1 THEN ', unique key' ELSE '' END + ' located on PRIMARY' AS varchar(210)) AS index_description,
  CAST(STRING_AGG(c.name + CASE WHEN k.is_descending_key = 1 THEN '(-)' ELSE '' END, ', ') WITHIN GROUP (ORDER BY k.key_ordinal) AS nvarchar(2078)) AS index_keys
FROM sys.indexes AS i JOIN sys.index_columns AS k ON k.object_id = i.object_id AND k.index_id = i.index_id AND k.is_included_column = 0
JOIN sys.columns AS c ON c.object_id = k.object_id AND c.column_id = k.column_id
WHERE i.object_id = OBJECT_ID(@objname) AND i.index_id > 0
GROUP BY i.name, i.type_desc, i.is_unique, i.is_primary_key, i.is_unique_constraint
ORDER BY i.name
