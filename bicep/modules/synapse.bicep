metadata description = 'The Synapse workspace, for its serverless SQL pool. Entra-only sign-in.'

import { administratorType } from 'types.bicep'

param name string
param location string
param administrator administratorType
param lakeUrl string
param lakeId string
param tags object

resource workspace 'Microsoft.Synapse/workspaces@2021-06-01' = {
  name: name
  location: location
  tags: tags
  identity: { type: 'SystemAssigned' }
  properties: {
    azureADOnlyAuthentication: true
    defaultDataLakeStorage: { accountUrl: lakeUrl, filesystem: 'gold', resourceId: lakeId }
    managedResourceGroupName: 'rg-${name}-managed'
    publicNetworkAccess: 'Enabled'
  }
}

resource administrators 'Microsoft.Synapse/workspaces/administrators@2021-06-01' = {
  parent: workspace
  name: 'activeDirectory'
  properties: {
    administratorType: 'ActiveDirectory'
    login: administrator.name
    sid: administrator.objectId
    tenantId: tenant().tenantId
  }
}

resource azureServices 'Microsoft.Synapse/workspaces/firewallRules@2021-06-01' = {
  parent: workspace
  name: 'AllowAllWindowsAzureIps'
  properties: { startIpAddress: '0.0.0.0', endIpAddress: '0.0.0.0' }
}

output serverlessHost string = workspace.properties.connectivityEndpoints.sqlOnDemand
output principalId string = workspace.identity.principalId
