CREATE PROCEDURE sys.sp_helpconstraint @objname nvarchar(776), @nomsg varchar(5) = 'msg'
AS
IF @nomsg = 'msg' SELECT @objname AS [Object Name]
SELECT CAST(constraint_type AS nvarchar(146)) AS constraint_type, constraint_name, constraint_keys
FROM (
  SELECT CASE WHEN i.is_primary_key = 1 THEN 'PRIMARY KEY' ELSE 'UNIQUE' END + CASE WHEN i.type = 1 THEN ' (clustered)' ELSE ' (non-clustered)' END AS constraint_type,
    i.name AS constraint_name, CAST(STRING_AGG(c.name, ', ') WITHIN GROUP (ORDER BY k.key_ordinal) AS nvarchar(2126)) AS constraint_keys
  FROM sys.indexes AS i JOIN sys.index_columns AS k ON k.object_id = i.object_id AND k.index_id = i.index_id AND k.is_included_column = 0
  JOIN sys.columns AS c ON c.object_id = k.object_id AND c.column_id = k.column_id
  WHERE i.object_id = OBJECT_ID(@objname) AND (i.is_primary_key = 1 OR i.is_unique_constraint = 1)
  GROUP BY i.name, i.type, i.is_primary_key
  UNION ALL
  SELECT 'CHECK Table Level', name, CAST(definition AS nvarchar(2126)) FROM sys.check_constraints WHERE parent_object_id = OBJECT_ID(@objname)
  UNION ALL
  SELECT 'DEFAULT on column ' + COL_NAME(d.parent_object_id, d.parent_column_id), d.name, CAST(d.definition AS nvarchar(2126))
  FROM sys.default_constraints AS d WHERE d.parent_object_id = OBJECT_ID(@objname)
  UNION ALL
  SELECT 'FOREIGN KEY', f.name, CAST(STRING_AGG(c.name, ', ') WITHIN GROUP (ORDER BY k.constraint_column_id) AS nvarchar(2126))
  FROM sys.foreign_keys AS f JOIN sys.foreign_key_columns AS k ON k.constraint_object_id = f.object_id
  JOIN sys.columns AS c ON c.object_id = k.parent_object_id AND c.column_id = k.parent_column_id
  WHERE f.parent_object_id = OBJECT_ID(@objname)
  GROUP BY f.name
) AS c
ORDER BY constraint_type, constraint_name
