metadata description = 'Who may do what, by role, to the least that works.'

param lakeName string
param factoryName string
param databricksName string

@description('Principals that read and write the lake.')
param writers string[]

@description('Principals that read the lake.')
param readers string[]

param factoryPrincipalId string
param deployerObjectId string

var roles = {
  storageBlobDataContributor: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
  storageBlobDataReader: '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1'
  dataFactoryContributor: '673868aa-7521-48a0-acc6-0f60742d39f5'
  contributor: 'b24988ac-6180-42a0-ab88-20f7382dd24c'
}

resource lake 'Microsoft.Storage/storageAccounts@2023-05-01' existing = {
  name: lakeName
}

resource factory 'Microsoft.DataFactory/factories@2018-06-01' existing = {
  name: factoryName
}

resource databricks 'Microsoft.Databricks/workspaces@2024-05-01' existing = {
  name: databricksName
}

resource writeLake 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for principalId in writers: {
    scope: lake
    name: guid(lake.id, principalId, roles.storageBlobDataContributor)
    properties: {
      roleDefinitionId: subscriptionResourceId(
        'Microsoft.Authorization/roleDefinitions',
        roles.storageBlobDataContributor
      )
      principalId: principalId
      principalType: 'ServicePrincipal'
    }
  }
]

resource readLake 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for principalId in readers: {
    scope: lake
    name: guid(lake.id, principalId, roles.storageBlobDataReader)
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.storageBlobDataReader)
      principalId: principalId
      principalType: 'ServicePrincipal'
    }
  }
]

resource publishFactory 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: factory
  name: guid(factory.id, deployerObjectId, roles.dataFactoryContributor)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.dataFactoryContributor)
    principalId: deployerObjectId
    principalType: 'ServicePrincipal'
  }
}

@description('Azure knows no narrower role that lets a managed identity into a workspace; what it may do inside is granted there.')
resource runJobs 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for principalId in [factoryPrincipalId, deployerObjectId]: {
    scope: databricks
    name: guid(databricks.id, principalId, roles.contributor)
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.contributor)
      principalId: principalId
      principalType: 'ServicePrincipal'
    }
  }
]
