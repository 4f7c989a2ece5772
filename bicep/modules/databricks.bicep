metadata description = 'The Databricks workspace, and the access connector whose identity reads and writes the lake.'

param name string
param connectorName string
param location string
param tags object

resource workspace 'Microsoft.Databricks/workspaces@2024-05-01' = {
  name: name
  location: location
  tags: tags
  sku: { name: 'premium' }
  properties: {
    managedResourceGroupId: subscriptionResourceId('Microsoft.Resources/resourceGroups', 'rg-${name}-managed')
    parameters: { enableNoPublicIp: { value: true } }
  }
}

resource connector 'Microsoft.Databricks/accessConnectors@2024-05-01' = {
  name: connectorName
  location: location
  tags: tags
  identity: { type: 'SystemAssigned' }
}

output name string = workspace.name
output url string = 'https://${workspace.properties.workspaceUrl}'
output connectorPrincipalId string = connector.identity.principalId
