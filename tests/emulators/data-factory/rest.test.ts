import tls from 'node:tls';
import { DataFactoryManagementClient } from '@azure/arm-datafactory';
import { createHttpHeaders, createPipelineRequest } from '@azure/core-rest-pipeline';
import { credentialOf, type Fixture, factoryPath, identity, startFixture } from './harness.ts';

const wait = (name: string) => ({ name, type: 'Wait', typeProperties: { waitTimeInSeconds: 0 } });
const always = { lastUpdatedAfter: '2000-01-01T00:00:00Z', lastUpdatedBefore: '2100-01-01T00:00:00Z' };
const sql = { type: 'AzureSqlDatabase', typeProperties: { server: 's', database: 'd' } };
const on = (linkedService: string) => ({
  type: 'AzureSqlTable',
  linkedServiceName: { referenceName: linkedService, type: 'LinkedServiceReference' },
  typeProperties: {},
});

describe('the REST surface', () => {
  let fixture: Fixture;
  beforeAll(async () => {
    fixture = await startFixture({ pageSize: 2 });
  });
  afterAll(() => fixture.close());

  describe('the door', () => {
    const cases: [string, string, string, Record<string, string>, number, string][] = [
      ['no token', 'GET', '', { authorization: '' }, 401, 'AuthenticationFailed'],
      ['a token that is none', 'GET', '', { authorization: 'Bearer abc' }, 401, 'InvalidAuthenticationToken'],
      ['an unknown api-version', 'GET', '?api-version=2015-01-01', {}, 400, 'InvalidApiVersionParameter'],
      ['an empty api-version', 'GET', '?api-version=', {}, 400, 'MissingApiVersionParameter'],
      ['another factory', 'GET', factoryPath.replace('adf-test', 'other'), {}, 404, 'ResourceNotFound'],
      ['another group', 'GET', factoryPath.replace('rg-test', 'other'), {}, 404, 'ResourceGroupNotFound'],
      ['another subscription', 'GET', factoryPath.replace('1111', '9999'), {}, 404, 'SubscriptionNotFound'],
      ['an unknown collection', 'GET', '/gizmos', {}, 404, 'InvalidResourceType'],
      ['a collection that is not kept', 'GET', '/adfcdcs', {}, 501, 'NotImplemented'],
      ['an operation that is not there', 'POST', '/getDataPlaneAccess', {}, 501, 'NotImplemented'],
      ['a missing pipeline', 'GET', '/pipelines/none', {}, 404, 'EntityNotFound'],
      ['a missing run', 'GET', '/pipelineruns/none', {}, 404, 'PipelineRunNotFound'],
      ['a missing pipeline to run', 'POST', '/pipelines/none/createRun', {}, 404, 'PipelineNotFound'],
    ];
    test.each(cases)('%s', async (_, method, path, headers, status, code) => {
      const answer = await fixture.call(method, path, undefined, headers);
      expect({ status: answer.status, code: answer.json.error.code }).toEqual({ status, code });
    });

    test('a token for another audience', async () => {
      const { token } = await fixture.entra.tokenFor('https://storage.azure.com');
      expect((await fixture.call('GET', '', undefined, { authorization: `Bearer ${token}` })).status).toBe(401);
    });

    test('paths are read without regard to case', async () => {
      expect((await fixture.call('GET', factoryPath.toLowerCase())).json.name).toBe(identity.name);
    });

    test('a body that is not JSON', async () => {
      const answer = await fixture.call('PUT', '/pipelines/p', '{"properties":');
      expect({ status: answer.status, code: answer.json.error.code }).toEqual({
        status: 400,
        code: 'InvalidRequestContent',
      });
    });
  });

  describe('objects', () => {
    test('come back byte for byte, numbers and unknown properties included', async () => {
      const properties =
        '{"type":"Rest","typeProperties":{"big":12345678901234567890,"one":1.0,"e":1E3,"unknown":{"a":[null,true]}},"annotations":[]}';
      await fixture.call('PUT', '/linkedservices/ls_lossless', `{"properties":${properties}}`);
      const { text } = await fixture.call('GET', '/linkedservices/ls_lossless');
      expect(text).toContain(`"properties":${properties}`);
    });

    test('have an id, a type and an etag that changes', async () => {
      const first = await fixture.call('PUT', '/linkedservices/ls_etag', { properties: sql });
      expect(first.json).toMatchObject({
        id: `${factoryPath}/linkedservices/ls_etag`,
        name: 'ls_etag',
        type: 'Microsoft.DataFactory/factories/linkedservices',
        properties: sql,
      });
      const put = (match: string) =>
        fixture.call('PUT', '/linkedservices/LS_ETAG', { properties: sql }, { 'if-match': match });
      const second = await put(`"${first.json.etag}"`);
      expect({ status: second.status, name: second.json.name }).toEqual({ status: 200, name: 'ls_etag' });
      expect((await put(first.json.etag)).json.error.code).toBe('PreconditionFailed');
      expect(
        (await fixture.call('GET', '/linkedservices/ls_etag', undefined, { 'if-none-match': second.json.etag })).status,
      ).toBe(304);
      expect(
        (await fixture.call('PUT', '/linkedservices/ls_none', { properties: sql }, { 'if-match': '*' })).status,
      ).toBe(412);
    });

    test('must find what they refer to, and are held by what refers to them', async () => {
      const missing = await fixture.call('PUT', '/datasets/ds', { properties: on('ls_ref') });
      expect(missing.status).toBe(400);
      expect(missing.json.error).toMatchObject({
        code: 'BadRequest',
        message: "The document creation or update failed because of invalid reference 'ls_ref'.",
        target: `${factoryPath}/datasets/ds`,
      });
      await fixture.publish('linkedservices', 'ls_ref', sql);
      await fixture.publish('datasets', 'ds', on('ls_ref'));
      const held = await fixture.call('DELETE', '/linkedservices/ls_ref');
      expect({ status: held.status, message: held.json.error.message }).toEqual({
        status: 400,
        message: 'The document cannot be deleted since it is referenced by ds.',
      });
      expect((await fixture.call('DELETE', '/datasets/ds')).status).toBe(200);
      expect((await fixture.call('DELETE', '/linkedservices/ls_ref')).status).toBe(200);
      expect((await fixture.call('DELETE', '/linkedservices/ls_ref')).status).toBe(204);
    });

    test('a pipeline may call itself, and use the integration runtime that is always there', async () => {
      await fixture.publish('pipelines', 'again', {
        activities: [
          {
            name: 'Again',
            type: 'ExecutePipeline',
            typeProperties: { pipeline: { referenceName: 'again', type: 'PipelineReference' } },
          },
        ],
      });
      await fixture.publish('linkedservices', 'ls_ir', {
        ...sql,
        connectVia: { referenceName: 'AutoResolveIntegrationRuntime', type: 'IntegrationRuntimeReference' },
      });
    });

    test.each(['a/b', '-x', 'a?b', 'a%b', 'x'.repeat(261)])('the name %s is refused', async (name) => {
      const answer = await fixture.call('PUT', `/credentials/${encodeURIComponent(name)}`, { properties: {} });
      expect(answer.json.error.message).toContain('Invalid resource name');
    });

    test('are listed page by page', async () => {
      for (const name of ['c3', 'c1', 'c2', 'c5', 'c4'])
        await fixture.publish('credentials', name, { type: 'ManagedIdentity' });
      const names: string[] = [];
      let pages = 0;
      for (let path: string | undefined = '/credentials'; path !== undefined; pages++) {
        const { json } = await fixture.call('GET', path);
        names.push(...json.value.map((one: { name: string }) => one.name));
        path = json.nextLink;
      }
      expect({ names, pages }).toEqual({ names: ['c1', 'c2', 'c3', 'c4', 'c5'], pages: 3 });
    });
  });

  describe('the factory', () => {
    test('is there from the start, and keeps its global parameters', async () => {
      expect((await fixture.call('GET', '')).json).toMatchObject({
        id: factoryPath,
        type: 'Microsoft.DataFactory/factories',
        identity: { type: 'SystemAssigned' },
        properties: { provisioningState: 'Succeeded', version: '2018-06-01' },
      });
      const globalParameters = { stage: { type: 'String', value: 'test' } };
      await fixture.call('PUT', '', { location: 'x', properties: { globalParameters } });
      expect((await fixture.call('GET', '/globalParameters/default')).json.properties).toEqual(globalParameters);
      await fixture.call('PUT', '/globalParameters/default', {
        properties: { stage: { type: 'String', value: 'two' } },
      });
      await fixture.call('PATCH', '', { tags: { owner: 'me' } });
      const { json } = await fixture.call('GET', '');
      expect({ tags: json.tags, stage: json.properties.globalParameters.stage.value }).toEqual({
        tags: { owner: 'me' },
        stage: 'two',
      });
      expect((await fixture.call('GET', '/globalParameters')).json.value).toHaveLength(1);
      expect((await fixture.call('DELETE', '/globalParameters/default')).status).toBe(200);
      expect((await fixture.call('GET', '/globalParameters')).json.value).toHaveLength(0);
    });
  });

  describe('triggers', () => {
    const trigger = {
      type: 'ScheduleTrigger',
      pipelines: [{ pipelineReference: { referenceName: 'p_trigger', type: 'PipelineReference' } }],
      typeProperties: {
        recurrence: {
          frequency: 'Day',
          interval: 1,
          startTime: '2026-01-01T03:00:00',
          timeZone: 'W. Europe Standard Time',
        },
      },
    };
    test('start and stop, and are held while they run', async () => {
      await fixture.publish('pipelines', 'p_trigger', { activities: [] });
      await fixture.publish('triggers', 'tr', { ...trigger, runtimeState: 'Started' });
      expect((await fixture.call('GET', '/triggers/tr')).json.properties).toEqual({
        ...trigger,
        runtimeState: 'Stopped',
      });
      expect((await fixture.call('POST', '/triggers/tr/start')).status).toBe(200);
      expect((await fixture.call('GET', '/triggers/tr')).json.properties.runtimeState).toBe('Started');
      expect((await fixture.call('PUT', '/triggers/tr', { properties: trigger })).json.error.code).toBe(
        'TriggerEnabledCannotUpdate',
      );
      expect((await fixture.call('DELETE', '/triggers/tr')).json.error.code).toBe('TriggerEnabledCannotDelete');
      await fixture.call('POST', '/triggers/tr/stop');
      expect((await fixture.call('POST', '/querytriggers', {})).json.value).toHaveLength(1);
      expect((await fixture.call('POST', '/queryTriggerRuns', always)).json.value).toEqual([]);
      expect((await fixture.call('DELETE', '/triggers/tr')).status).toBe(200);
    });
  });

  describe('queries over runs', () => {
    test('filter, order and refuse what they do not know', async () => {
      await fixture.publish('pipelines', 'q1', { activities: [wait('W')] });
      await fixture.publish('pipelines', 'q2', { activities: [wait('W')] });
      const ids = [];
      for (const name of ['q1', 'q2', 'q1']) {
        const id = await fixture.start(name);
        await fixture.ended(id);
        ids.push(id);
      }
      const query = (body: unknown) => fixture.call('POST', '/queryPipelineRuns', body);
      const filters = [{ operand: 'PipelineName', operator: 'In', values: ['q1'] }];
      const found = await query({ ...always, filters, orderBy: [{ orderBy: 'RunStart', order: 'DESC' }] });
      expect(found.json.value.map((run: { runId: string }) => run.runId)).toEqual([ids[2], ids[0]]);
      const none = await query({
        ...always,
        filters: [...filters, { operand: 'Status', operator: 'NotEquals', values: ['Succeeded'] }],
      });
      expect(none.json.value).toEqual([]);
      expect((await query({ ...always, lastUpdatedAfter: '2090-01-01T00:00:00Z', filters })).json.value).toEqual([]);
      expect((await query({})).json.error.message).toContain('lastUpdatedAfter');
      expect(
        (await query({ ...always, filters: [{ operand: 'Moon', operator: 'Equals', values: [] }] })).json.error.message,
      ).toContain("operand 'Moon'");
      expect(
        (await query({ ...always, filters: [{ operand: 'Status', operator: 'Like', values: [] }] })).json.error.message,
      ).toContain("operator 'Like'");
    });
  });

  describe('createRun', () => {
    beforeAll(() =>
      fixture.publish('pipelines', 'typed', {
        parameters: { n: { type: 'int' }, secret: { type: 'securestring', defaultValue: 'hush' } },
        activities: [wait('W')],
      }),
    );
    test.each([
      [{}, "The value of parameter 'n' of pipeline 'typed' is not provided"],
      [{ n: 'many' }, 'is not of type int'],
      [{ n: 1, m: 2 }, "The parameter 'm' is not defined"],
    ])('%j is refused', async (parameters, message) => {
      const answer = await fixture.call('POST', '/pipelines/typed/createRun', parameters);
      expect(answer.status).toBe(400);
      expect(answer.json.error.message).toContain(message);
    });
    test('shows parameters as text, secrets as stars', async () => {
      const run = await fixture.ended(await fixture.start('typed', { N: '7' }));
      expect(run.parameters).toEqual({ n: '7', secret: '*****' });
    });
  });
});

describe('the Azure SDK, unmodified', () => {
  let fixture: Fixture;
  let client: DataFactoryManagementClient;
  const { resourceGroup, name } = identity;
  let authorities: readonly string[];

  beforeAll(async () => {
    fixture = await startFixture();
    // As NODE_EXTRA_CA_CERTS would: the SDK itself knows nothing of the local authority.
    authorities = tls.getCACertificates('default');
    tls.setDefaultCACertificates([...authorities, fixture.ca]);
    client = new DataFactoryManagementClient(credentialOf(fixture.entra), identity.subscriptionId, {
      endpoint: fixture.factory.url,
      // By default the client asks for a token for its endpoint, whatever that is.
      credentialScopes: ['https://management.azure.com/.default'],
    });
  });
  afterAll(async () => {
    tls.setDefaultCACertificates([...authorities]);
    await fixture.close();
  });

  test('publishes, runs, queries', async () => {
    await client.linkedServices.createOrUpdate(resourceGroup, name, 'ls', {
      properties: { type: 'AzureBlobFS', url: 'https://x' },
    });
    await client.pipelines.createOrUpdate(resourceGroup, name, 'p', {
      activities: [{ name: 'Wait', type: 'Wait', waitTimeInSeconds: 0 }],
      parameters: { word: { type: 'String', defaultValue: 'x' } },
    });
    const { runId } = await client.pipelines.createRun(resourceGroup, name, 'p', { parameters: { word: 'y' } });
    await fixture.ended(runId);
    const run = await client.pipelineRuns.get(resourceGroup, name, runId);
    expect(run).toMatchObject({ runId, pipelineName: 'p', status: 'Succeeded', parameters: { word: 'y' } });
    expect(run.runStart).toBeInstanceOf(Date);
    const window = { lastUpdatedAfter: new Date(0), lastUpdatedBefore: new Date('2100-01-01') };
    const activities = await client.activityRuns.queryByPipelineRun(resourceGroup, name, runId, window);
    expect(activities.value).toMatchObject([{ activityName: 'Wait', activityType: 'Wait', status: 'Succeeded' }]);
    const names = [];
    for await (const pipeline of client.pipelines.listByFactory(resourceGroup, name)) names.push(pipeline.name);
    expect(names).toEqual(['p']);
    expect((await client.factories.get(resourceGroup, name)).provisioningState).toBe('Succeeded');
  });

  test('follows long-running starts and stops', async () => {
    await client.triggers.createOrUpdate(resourceGroup, name, 'tr', {
      properties: { type: 'ScheduleTrigger', recurrence: { frequency: 'Hour', interval: 1 } },
    });
    await client.triggers.beginStartAndWait(resourceGroup, name, 'tr', { updateIntervalInMs: 1 });
    expect((await client.triggers.get(resourceGroup, name, 'tr')).properties.runtimeState).toBe('Started');
    await client.triggers.beginStopAndWait(resourceGroup, name, 'tr', { updateIntervalInMs: 1 });
    await client.triggers.delete(resourceGroup, name, 'tr');
  });

  test('its own pipeline sends raw requests', async () => {
    const url = `${fixture.factory.url}${factoryPath}/linkedservices/raw?api-version=2018-06-01`;
    const body = '{"properties":{"type":"AzureSqlDatabase","typeProperties":{"server":"s","database":"d"}}}';
    const headers = createHttpHeaders({ 'content-type': 'application/json' });
    const response = await client.sendRequest(createPipelineRequest({ url, method: 'PUT', body, headers }));
    expect(response.status).toBe(200);
    expect(JSON.parse(response.bodyAsText!).properties.typeProperties).toEqual({ server: 's', database: 'd' });
  });
});
