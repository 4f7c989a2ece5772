CREATE PROCEDURE sys.sp_help @objname nvarchar(776) = NULL
AS
IF @objname IS NULL
BEGIN
  SELECT o.name AS Name, s.name AS Owner, CAST(LOWER(REPLACE(o.type_desc, '_', ' ')) AS nvarchar(31)) AS Object_type
  FROM sys.objects AS o JOIN sys.schemas AS s ON s.schema_id = o.schema_id ORDER BY Owner, Object_type DESC, Name
  RETURN 0
END
DECLARE @id int = OBJECT_ID(@objname)
IF @id IS NULL
BEGIN
  DECLARE @database sysname = DB_NAME()
  RAISERROR(N'The object ''%s'' does not exist in database ''%s'' or is invalid for this operation.', 16, 1, @objname, @database)
  RETURN 1
END
SELECT o.name AS Name, CAST('dbo' AS nvarchar(128)) AS Owner, CAST(CASE o.type WHEN 'U' THEN 'user table' WHEN 'V' THEN 'view' WHEN 'P' THEN 'stored procedure' ELSE LOWER(o.type_desc) END AS nvarchar(31)) AS Type,
  o.create_date AS Created_datetime
FROM sys.all_objects AS o WHERE o.object_id = @id
IF EXISTS (SELECT * FROM sys.columns WHERE object_id = @id)
BEGIN
  SELECT c.name AS Column_name, t.name AS Type, CAST('no' AS varchar(35)) AS Computed, CAST(c.max_length AS int) AS Length,
    CASE WHEN t.name IN ('decimal', 'int', 'bigint', 'smallint', 'tinyint', 'money', 'smallmoney', 'float', 'real', 'date', 'time', 'datetime2', 'datetimeoffset') THEN CAST(c.precision AS char(5)) ELSE '     ' END AS Prec,
    CASE WHEN t.name IN ('decimal', 'int', 'bigint', 'smallint', 'tinyint', 'money', 'smallmoney', 'time', 'datetime2', 'datetimeoffset') THEN CAST(c.scale AS char(5)) ELSE '     ' END AS Scale,
    CAST(CASE c.is_nullable WHEN 1 THEN 'yes' ELSE 'no' END AS varchar(35)) AS Nullable,
    CAST(CASE WHEN c.collation_name IS NULL THEN '(n/a)' ELSE 'no' END AS varchar(35)) AS TrimTrailingBlanks,
    CAST(CASE WHEN c.collation_name IS NULL THEN '(n/a)' WHEN c.is_nullable = 1 THEN 'yes' ELSE 'no' END AS varchar(35)) AS FixedLenNullInSource,
    c.collation_name AS Collation
  FROM sys.columns AS c JOIN sys.types AS t ON t.user_type_id = c.user_type_id
  WHERE c.object_id = @id ORDER BY c.column_id
  IF EXISTS (SELECT * FROM sys.identity_columns WHERE object_id = @id)
    SELECT name AS [Identity], seed_value AS Seed, increment_value AS Increment, 0 AS [Not For Replication] FROM sys.identity_columns WHERE object_id = @id
  ELSE
    SELECT CAST('No identity column defined.' AS nvarchar(128)) AS [Identity], CAST(NULL AS bigint) AS Seed, CAST(NULL AS bigint) AS Increment, CAST(NULL AS int) AS [Not For Replication]
  SELECT CAST('No rowguidcol column defined.' AS nvarchar(128)) AS [RowGuidCol]
  IF EXISTS (SELECT * FROM sys.tables WHERE object_id = @id)
  BEGIN
    SELECT CAST('PRIMARY' AS nvarchar(128)) AS Data_located_on_filegroup
    EXEC sys.sp_helpindex @objname
    EXEC sys.sp_helpconstraint @objname, 'nomsg'
  END
END
ELSE IF EXISTS (SELECT * FROM sys.parameters WHERE object_id = @id)
  SELECT p.name AS Parameter_name, t.name AS Type, p.max_length AS Length, CAST(p.precision AS int) AS Prec, CAST(p.scale AS int) AS Scale,
    p.parameter_id AS Param_order, CAST(NULL AS nvarchar(128)) AS Collation
  FROM sys.parameters AS p JOIN sys.types AS t ON t.user_type_id = p.user_type_id WHERE p.object_id = @id ORDER BY p.parameter_id
