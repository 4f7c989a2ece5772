CREATE PROCEDURE sys.sp_sproc_columns_100
  @procedure_name nvarchar(390) = N'%', @procedure_owner nvarchar(384) = NULL, @procedure_qualifier sysname = NULL,
  @column_name nvarchar(384) = NULL, @ODBCVer int = 2, @fUsePattern bit = 1
AS
SELECT PROCEDURE_QUALIFIER, PROCEDURE_OWNER, PROCEDURE_NAME, COLUMN_NAME, COLUMN_TYPE, DATA_TYPE, TYPE_NAME, [PRECISION], LENGTH, SCALE, RADIX,
  NULLABLE, CAST(NULL AS varchar(254)) AS REMARKS, CAST(NULL AS nvarchar(4000)) AS COLUMN_DEF, SQL_DATA_TYPE, SQL_DATETIME_SUB,
  CHAR_OCTET_LENGTH, ORDINAL_POSITION, CAST(CASE NULLABLE WHEN 1 THEN 'YES' ELSE 'NO' END AS varchar(254)) AS IS_NULLABLE,
  CAST(NULL AS sysname) AS SS_TYPE_CATALOG_NAME, CAST(NULL AS sysname) AS SS_TYPE_SCHEMA_NAME, CAST(NULL AS sysname) AS SS_UDT_CATALOG_NAME,
  CAST(NULL AS sysname) AS SS_UDT_SCHEMA_NAME, CAST(NULL AS nvarchar(4000)) AS SS_UDT_ASSEMBLY_TYPE_NAME,
  CAST(NULL AS sysname) AS SS_XML_SCHEMACOLLECTION_CATALOG_NAME, CAST(NULL AS sysname) AS SS_XML_SCHEMACOLLECTION_SCHEMA_NAME,
  CAST(NULL AS sysname) AS SS_XML_SCHEMACOLLECTION_NAME, CAST(0 AS tinyint) AS SS_DATA_TYPE
FROM (
  SELECT DB_NAME() AS PROCEDURE_QUALIFIER, s.name AS PROCEDURE_OWNER, o.name + ';1' AS PROCEDURE_NAME, o.name AS own,
    CAST('@RETURN_VALUE' AS nvarchar(128)) AS COLUMN_NAME, CAST(5 AS smallint) AS COLUMN_TYPE, CAST(4 AS smallint) AS DATA_TYPE,
    CAST('int' AS nvarchar(128)) AS TYPE_NAME, 10 AS [PRECISION], 4 AS LENGTH, CAST(0 AS smallint) AS SCALE, CAST(10 AS smallint) AS RADIX,
    CAST(0 AS smallint) AS NULLABLE, CAST(4 AS smallint) AS SQL_DATA_TYPE, CAST(NULL AS smallint) AS SQL_DATETIME_SUB,
    CAST(NULL AS int) AS CHAR_OCTET_LENGTH, 0 AS ORDINAL_POSITION
  FROM sys.procedures AS o JOIN sys.schemas AS s ON s.schema_id = o.schema_id
  UNION ALL
  SELECT DB_NAME(), s.name, o.name + ';1', o.name, p.name, CAST(CASE WHEN p.is_output = 1 THEN 2 ELSE 1 END AS smallint),
    CASE WHEN @ODBCVer >= 3 THEN d.DATA_TYPE ELSE d.DATA_TYPE_2 END, d.TYPE_NAME,
    CASE WHEN p.precision > 0 THEN p.precision WHEN p.max_length < 0 THEN d.[PRECISION] WHEN d.TYPE_NAME IN ('nchar', 'nvarchar') THEN p.max_length / 2 ELSE p.max_length END,
    CASE WHEN p.max_length < 0 THEN 2147483647 ELSE p.max_length END, CAST(p.scale AS smallint), CAST(d.NUM_PREC_RADIX AS smallint), CAST(1 AS smallint),
    d.SQL_DATA_TYPE, d.SQL_DATETIME_SUB, CASE WHEN d.CREATE_PARAMS LIKE '%length' THEN CAST(p.max_length AS int) END, p.parameter_id
  FROM sys.parameters AS p JOIN sys.procedures AS o ON o.object_id = p.object_id JOIN sys.schemas AS s ON s.schema_id = o.schema_id
  JOIN sys.types AS t ON t.user_type_id = p.user_type_id JOIN sys.spt_datatype_info AS d ON d.TYPE_NAME = t.name
) AS c
WHERE (own LIKE @procedure_name OR own = @procedure_name OR PROCEDURE_NAME = @procedure_name)
  AND (@procedure_owner IS NULL OR (@fUsePattern = 1 AND PROCEDURE_OWNER LIKE @procedure_owner) OR PROCEDURE_OWNER = @procedure_owner)
  AND (@column_name IS NULL OR (@fUsePattern = 1 AND COLUMN_NAME LIKE @column_name) OR COLUMN_NAME = @column_name)
ORDER BY PROCEDURE_QUALIFIER, PROCEDURE_OWNER, PROCEDURE_NAME, ORDINAL_POSITION
