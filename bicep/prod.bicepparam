using 'main.bicep'

param environment = 'prod'
param administrator = {
  name: readEnvironmentVariable('SQL_ADMIN_NAME', 'data-platform-admins')
  objectId: readEnvironmentVariable('SQL_ADMIN_OBJECT_ID', '00000000-0000-0000-0000-000000000000')
  principalType: 'Group'
}
param deployerObjectId = readEnvironmentVariable('DEPLOYER_OBJECT_ID', '00000000-0000-0000-0000-000000000000')
param database = {
  sku: 'GP_Gen5_4'
  autoPauseDelay: -1
  zoneRedundant: true
  backupRetentionDays: 35
}
param lakeSku = 'Standard_ZRS'
param logRetentionDays = 365
