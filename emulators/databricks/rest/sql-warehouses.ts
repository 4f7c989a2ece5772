import { missing } from '../api-error.ts';
import type { Operation, Service } from './operation.ts';

/** The one warehouse: any task or statement runs in it, whatever warehouse_id it names. */
const warehouse = ({ url }: Service): Record<string, unknown> => ({
  id: 'local',
  name: 'local',
  cluster_size: '2X-Small',
  state: 'RUNNING',
  warehouse_type: 'PRO',
  enable_serverless_compute: true,
  num_clusters: 1,
  odbc_params: {
    hostname: new URL(url()).hostname,
    path: '/sql/1.0/warehouses/local',
    protocol: 'https',
    port: Number(new URL(url()).port),
  },
});

export const sqlWarehousesList: Operation = {
  method: 'GET',
  path: '/api/2.0/sql/warehouses',
  handle: (service) => ({ warehouses: [warehouse(service)] }),
};

export const sqlWarehousesGet: Operation = {
  method: 'GET',
  path: '/api/2.0/sql/warehouses/{id}',
  handle(service, { path }) {
    if (path['id'] !== 'local')
      throw missing(`SQL warehouse ${path['id']} does not exist; the local one is called local.`);
    return warehouse(service);
  },
};
