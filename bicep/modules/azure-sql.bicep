metadata description = 'The source database: Azure SQL with Entra-only sign-in, in a tier that can capture changes.'

import { administratorType, databaseType } from 'types.bicep'

param serverName string
param databaseName string = 'shop'
param location string
param administrator administratorType
param database databaseType
param workspaceId string
param tags object

resource server 'Microsoft.Sql/servers@2023-08-01-preview' = {
  name: serverName
  location: location
  tags: tags
  identity: { type: 'SystemAssigned' }
  properties: {
    minimalTlsVersion: '1.2'
    publicNetworkAccess: 'Enabled'
    restrictOutboundNetworkAccess: 'Disabled'
    administrators: {
      administratorType: 'ActiveDirectory'
      azureADOnlyAuthentication: true
      login: administrator.name
      sid: administrator.objectId
      principalType: administrator.principalType
      tenantId: tenant().tenantId
    }
  }
}

@description('Data Factory and GitHub-hosted runners come from Azure addresses. Private endpoints replace this rule where policy asks for them.')
resource azureServices 'Microsoft.Sql/servers/firewallRules@2023-08-01-preview' = {
  parent: server
  name: 'AllowAllWindowsAzureIps'
  properties: { startIpAddress: '0.0.0.0', endIpAddress: '0.0.0.0' }
}

resource shop 'Microsoft.Sql/servers/databases@2023-08-01-preview' = {
  parent: server
  name: databaseName
  location: location
  tags: tags
  sku: { name: database.sku }
  properties: {
    collation: 'SQL_Latin1_General_CP1_CI_AS'
    autoPauseDelay: database.autoPauseDelay
    zoneRedundant: database.zoneRedundant
  }
}

resource backups 'Microsoft.Sql/servers/databases/backupShortTermRetentionPolicies@2023-08-01-preview' = {
  parent: shop
  name: 'default'
  properties: { retentionDays: database.backupRetentionDays }
}

resource logs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: shop
  name: 'to-log-analytics'
  properties: {
    workspaceId: workspaceId
    logs: [
      { category: 'Errors', enabled: true }
      { category: 'Timeouts', enabled: true }
      { category: 'Deadlocks', enabled: true }
    ]
  }
}

output host string = server.properties.fullyQualifiedDomainName
output databaseName string = shop.name
