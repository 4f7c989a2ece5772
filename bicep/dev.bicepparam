using 'main.bicep'

param environment = 'dev'
param administrator = {
  name: readEnvironmentVariable('SQL_ADMIN_NAME', 'data-platform-admins')
  objectId: readEnvironmentVariable('SQL_ADMIN_OBJECT_ID', '00000000-0000-0000-0000-000000000000')
  principalType: 'Group'
}
param deployerObjectId = readEnvironmentVariable('DEPLOYER_OBJECT_ID', '00000000-0000-0000-0000-000000000000')
param database = {
  sku: 'GP_S_Gen5_2'
  autoPauseDelay: -1
  zoneRedundant: false
  backupRetentionDays: 7
}
param lakeSku = 'Standard_LRS'
param logRetentionDays = 30
