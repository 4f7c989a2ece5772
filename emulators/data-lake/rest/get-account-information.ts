import type { Operation } from './operation.ts';

export const getAccountInformation: Operation = {
  name: 'Get Account Information',
  permissions: 'r',
  handle: async () => ({
    status: 200,
    headers: { 'x-ms-sku-name': 'Standard_LRS', 'x-ms-account-kind': 'StorageV2', 'x-ms-is-hns-enabled': 'true' },
  }),
};
