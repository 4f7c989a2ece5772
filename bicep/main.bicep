metadata name = 'E-commerce data platform'
metadata description = 'Azure SQL Database, Data Lake Storage, Data Factory, Databricks and Synapse serverless for one environment, in one resource group.'

targetScope = 'resourceGroup'

@description('The environment, as its file in environments/ is called. It is part of every name.')
@allowed(['dev', 'prod'])
param environment string

@description('A short name of the platform, part of every name.')
@minLength(2)
@maxLength(8)
param workload string = 'shop'

@description('Azure region of all resources.')
param location string = resourceGroup().location

@description('The Entra group or user that administers Azure SQL and Synapse.')
param administrator administratorType

@description('Object id of the identity that deploys and runs the platform from GitHub (federated, no secret).')
param deployerObjectId string

@description('Compute of the source database. Change data capture needs vCores.')
param database databaseType

@description('Replication of the lake.')
param lakeSku ('Standard_LRS' | 'Standard_ZRS' | 'Standard_GZRS')

@description('Days for which logs are kept.')
@minValue(30)
@maxValue(730)
param logRetentionDays int = 30

import { administratorType, databaseType } from 'modules/types.bicep'

var tags = { workload: workload, environment: environment, managedBy: 'bicep' }
var suffix = '${workload}-${environment}'

module monitoring 'modules/monitoring.bicep' = {
  params: { name: 'log-${suffix}', location: location, retentionDays: logRetentionDays, tags: tags }
}

module lake 'modules/data-lake.bicep' = {
  params: {
    name: 'st${workload}${environment}'
    location: location
    sku: lakeSku
    workspaceId: monitoring.outputs.workspaceId
    tags: tags
  }
}

module sql 'modules/azure-sql.bicep' = {
  params: {
    serverName: 'sql-${suffix}'
    location: location
    administrator: administrator
    database: database
    workspaceId: monitoring.outputs.workspaceId
    tags: tags
  }
}

module databricks 'modules/databricks.bicep' = {
  params: { name: 'dbw-${suffix}', connectorName: 'dbac-${suffix}', location: location, tags: tags }
}

module dataFactory 'modules/data-factory.bicep' = {
  params: { name: 'adf-${suffix}', location: location, workspaceId: monitoring.outputs.workspaceId, tags: tags }
}

module synapse 'modules/synapse.bicep' = {
  params: {
    name: 'syn-${suffix}'
    location: location
    administrator: administrator
    lakeUrl: lake.outputs.dfsEndpoint
    lakeId: lake.outputs.id
    tags: tags
  }
}

module access 'modules/access.bicep' = {
  params: {
    lakeName: lake.outputs.name
    factoryName: dataFactory.outputs.name
    databricksName: databricks.outputs.name
    writers: [
      dataFactory.outputs.principalId
      databricks.outputs.connectorPrincipalId
      deployerObjectId
    ]
    readers: [synapse.outputs.principalId]
    factoryPrincipalId: dataFactory.outputs.principalId
    deployerObjectId: deployerObjectId
  }
}

@description('What environments/<environment>.json holds as endpoints.')
output endpoints object = {
  azureSql: { host: sql.outputs.host, database: sql.outputs.databaseName }
  synapse: { host: synapse.outputs.serverlessHost, database: 'shop' }
  dataLake: { url: lake.outputs.dfsEndpoint, account: lake.outputs.name }
  dataFactory: { resourceGroup: resourceGroup().name, factory: dataFactory.outputs.name }
  databricks: { host: databricks.outputs.url }
}
