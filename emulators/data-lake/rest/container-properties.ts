import { keyOf } from '../store/location.ts';
import { checkConditions } from './conditions.ts';
import { accessProperties, leaseHeaders, metadataHeaders, parsePropertiesHeader, versionHeaders } from './headers.ts';
import { changingExisting, leaseIdOf, notFound, type Operation, targetOf } from './operation.ts';

/** Blob's Get Container Properties and Get Container Metadata, DFS's Filesystem - Get Properties. */
export const getContainerProperties: Operation = {
  name: 'Get Container Properties',
  permissions: 'rl',
  async handle(call, lake) {
    const location = await targetOf(call, lake);
    const entry = await lake.store.entry(location);
    if (entry === undefined) throw notFound(call.api);
    checkConditions(call, entry, 'read');
    lake.leases.checkRead(keyOf(location), leaseIdOf(call));
    const properties = Object.entries(entry.properties.metadata ?? {})
      .map(([name, value]) => `${name}=${Buffer.from(value).toString('base64')}`)
      .join(',');
    return {
      status: 200,
      headers: {
        ...versionHeaders(entry),
        ...leaseHeaders(lake.leases.status(keyOf(location))),
        ...metadataHeaders(entry.properties),
        'x-ms-properties': properties,
        'x-ms-namespace-enabled': 'true',
        'x-ms-has-immutability-policy': 'false',
        'x-ms-has-legal-hold': 'false',
        'x-ms-default-encryption-scope': '$account-encryption-key',
        'x-ms-deny-encryption-scope-override': 'false',
      },
    };
  },
};

/** Blob's Set Container Metadata and DFS's Filesystem - Set Properties: both replace all of it. */
export const setContainerMetadata: Operation = {
  name: 'Set Container Metadata',
  permissions: 'w',
  async handle(call, lake) {
    const metadata = call.metadata ?? parsePropertiesHeader(call);
    const entry = await changingExisting(call, lake, (location, { properties }) =>
      lake.store.setProperties(location, { ...accessProperties(properties), metadata }, true),
    );
    return { status: 200, headers: versionHeaders(entry) };
  },
};

/** No access policies and no public access are ever set; Set Container ACL is not implemented. */
export const getContainerAcl: Operation = {
  name: 'Get Container ACL',
  permissions: 'r',
  async handle(call, lake) {
    const entry = await lake.store.entry(await targetOf(call, lake));
    if (entry === undefined) throw notFound(call.api);
    return {
      status: 200,
      headers: { ...versionHeaders(entry), 'content-type': 'application/xml' },
      body: '<?xml version="1.0" encoding="utf-8"?><SignedIdentifiers />',
    };
  },
};
