CREATE PROCEDURE sys.sp_helptext @objname nvarchar(776), @columnname sysname = NULL
AS
IF OBJECT_ID(@objname) IS NULL
BEGIN
  DECLARE @database sysname = DB_NAME()
  RAISERROR(N'The object ''%s'' does not exist in database ''%s'' or is invalid for this operation.', 16, 1, @objname, @database)
  RETURN 1
END
IF OBJECT_DEFINITION(OBJECT_ID(@objname)) IS NULL
BEGIN
  RAISERROR(N'There is no text for object ''%s''.', 16, 1, @objname)
  RETURN 1
END
SELECT CAST(value + NCHAR(13) + NCHAR(10) AS nvarchar(255)) AS Text
FROM STRING_SPLIT(REPLACE(OBJECT_DEFINITION(OBJECT_ID(@objname)), NCHAR(13), N''), NCHAR(10))
