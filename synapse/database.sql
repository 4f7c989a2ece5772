-- The serverless database over the lake. Run by `dataops deploy-synapse`, which then makes the views from the models' contracts.
-- No credential is stored: each query reads the lake with the rights of whoever asks.
-- $(lake_url): the account's DFS endpoint.
IF SCHEMA_ID(N'bronze') IS NULL EXEC (N'CREATE SCHEMA bronze');
IF SCHEMA_ID(N'silver') IS NULL EXEC (N'CREATE SCHEMA silver');
IF SCHEMA_ID(N'gold') IS NULL EXEC (N'CREATE SCHEMA gold');
GO
IF EXISTS (SELECT 1 FROM sys.external_data_sources WHERE name = N'bronze' AND location <> N'$(lake_url)/bronze')
  DROP EXTERNAL DATA SOURCE bronze;
IF NOT EXISTS (SELECT 1 FROM sys.external_data_sources WHERE name = N'bronze')
  CREATE EXTERNAL DATA SOURCE bronze WITH (LOCATION = '$(lake_url)/bronze');
IF EXISTS (SELECT 1 FROM sys.external_data_sources WHERE name = N'silver' AND location <> N'$(lake_url)/silver')
  DROP EXTERNAL DATA SOURCE silver;
IF NOT EXISTS (SELECT 1 FROM sys.external_data_sources WHERE name = N'silver')
  CREATE EXTERNAL DATA SOURCE silver WITH (LOCATION = '$(lake_url)/silver');
IF EXISTS (SELECT 1 FROM sys.external_data_sources WHERE name = N'gold' AND location <> N'$(lake_url)/gold')
  DROP EXTERNAL DATA SOURCE gold;
IF NOT EXISTS (SELECT 1 FROM sys.external_data_sources WHERE name = N'gold')
  CREATE EXTERNAL DATA SOURCE gold WITH (LOCATION = '$(lake_url)/gold');
