-- dbo holds the shop, etl what the platform keeps about moving it.
IF SCHEMA_ID(N'etl') IS NULL
  EXEC (N'CREATE SCHEMA etl AUTHORIZATION dbo;');
