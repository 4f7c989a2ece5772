@export()
@description('An Entra principal that administers a SQL endpoint.')
type administratorType = {
  @description('Display name, as it shows in Entra ID.')
  name: string

  objectId: string

  principalType: 'Group' | 'User' | 'Application'
}

@export()
@description('Compute and protection of the source database.')
type databaseType = {
  @description('A vCore SKU, such as GP_S_Gen5_2 (serverless) or GP_Gen5_4. Basic and S0 to S2 cannot capture changes.')
  sku: string

  @description('Minutes of idleness before a serverless database pauses. A paused database captures nothing, and capture keeps it awake: -1.')
  autoPauseDelay: int

  zoneRedundant: bool

  @minValue(1)
  @maxValue(35)
  @description('Days for which point-in-time restore reaches back.')
  backupRetentionDays: int
}
