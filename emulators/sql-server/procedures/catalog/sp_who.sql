CREATE PROCEDURE sys.sp_who @loginame sysname = NULL
AS
SELECT session_id AS spid, CAST(0 AS smallint) AS ecid, CAST(status AS nchar(30)) AS status, login_name AS loginame, CAST(host_name AS nchar(128)) AS hostname,
  CAST('0' AS char(5)) AS blk, DB_NAME() AS dbname, CAST('SELECT' AS nchar(26)) AS cmd, 0 AS request_id
FROM sys.dm_exec_sessions
