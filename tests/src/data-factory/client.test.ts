import { listAll } from '../../../src/data-factory/client.ts';
import { ConfigurationError, InternalError } from '../../../src/errors.ts';
import {
  type Answer,
  type FakeResourceManager,
  type Received,
  startFakeResourceManager,
} from './fake-resource-manager.ts';

let server: FakeResourceManager;
let answers: Answer[] = [];
let respond: (request: Received) => Answer = () => answers.shift() ?? {};

beforeAll(async () => {
  server = await startFakeResourceManager((request) => respond(request));
});
beforeEach(() => {
  answers = [];
  respond = () => answers.shift() ?? {};
  server.received.length = 0;
  server.delays.length = 0;
});
afterAll(() => server.close());

test('signs in for Resource Manager, names the API version, and sends bodies as they are', async () => {
  answers = [
    {
      body: '{"id":"x","properties":{"ticks":638000000000000001,"startTime":"2026-01-01T03:00:00","unknown":{"a":null}}}',
    },
  ];
  const { body } = await server.client().send({
    method: 'PUT',
    path: 'triggers/tr',
    body: { properties: { ticks: 638000000000000001n, startTime: '2026-01-01T03:00:00', unknown: { a: null } } },
  });
  expect(server.received).toMatchObject([
    {
      method: 'PUT',
      path: 'triggers/tr',
      authorization: 'Bearer for https://management.azure.com/.default',
      body: '{"properties":{"ticks":638000000000000001,"startTime":"2026-01-01T03:00:00","unknown":{"a":null}}}',
    },
  ]);
  expect(server.received[0]!.query.get('api-version')).toBe('2018-06-01');
  expect(body).toMatchObject({ properties: { ticks: 638000000000000001n, startTime: '2026-01-01T03:00:00' } });
});

test('waits as long as Retry-After says after 429 and 503, and goes on', async () => {
  answers = [
    { status: 429, headers: { 'retry-after': '7' } },
    { status: 503, headers: { 'retry-after-ms': '20' } },
    { status: 502 },
    { body: '{"ok":true}' },
  ];
  const { body } = await server.client().send({ method: 'GET', path: 'pipelines/p' });
  expect(body).toEqual({ ok: true });
  expect(server.delays).toEqual([7000, 20, 2000]);
});

test('gives up after the tries it has, naming the request and the answer', async () => {
  respond = () => ({ status: 503, body: '{"error":{"code":"ServerBusy","message":"later"}}' });
  const failing = server.client({ attempts: 2 }).send({ method: 'GET', path: 'pipelines/p' });
  await expect(failing).rejects.toThrow(InternalError);
  await expect(failing).rejects.toThrow('data factory: GET pipelines/p answered 503 ServerBusy after 2 tries: later');
});

test('what must not happen twice is sent again only when it was refused', async () => {
  answers = [{ status: 429 }, { status: 500 }];
  const failing = server.client().send({ method: 'POST', path: 'pipelines/p/createRun', repeatable: false });
  await expect(failing).rejects.toThrow('answered 500');
  expect(server.received).toHaveLength(2);
});

test('a rejection is the user’s to fix, in the service’s words', async () => {
  answers = [{ status: 400, body: '{"error":{"code":"BadRequest","message":"typeProperties is missing"}}' }];
  const failing = server.client().send({ method: 'PUT', path: 'datasets/d', body: {} });
  await expect(failing).rejects.toThrow(ConfigurationError);
  await expect(failing).rejects.toThrow('PUT datasets/d answered 400 BadRequest: typeProperties is missing');
});

test('follows pages, but never to another host', async () => {
  respond = ({ path }) =>
    path === 'pipelines'
      ? { body: `{"value":[{"name":"a"}],"nextLink":"${server.url}/page2"}` }
      : { body: '{"value":[{"name":"b"}],"nextLink":"https://example.com/page3"}' };
  await expect(listAll(server.client(), 'pipelines')).rejects.toThrow(
    'points to https://example.com/page3, which is another host',
  );
  expect(server.received.map(({ path }) => path)).toEqual(['pipelines', 'page2']);
});

test('a server that does not answer is given up', async () => {
  respond = () => ({ silent: true });
  await expect(server.client({ timeoutSeconds: 0.5, attempts: 2 }).send({ method: 'GET', path: 'x' })).rejects.toThrow(
    /GET x failed at https:.*: no answer within 0.5 s/,
  );
  expect(server.received).toHaveLength(2);
});

test('a server that is not there is named', async () => {
  const gone = await startFakeResourceManager(() => ({}));
  const client = gone.client({ attempts: 2 });
  await gone.close();
  await expect(client.send({ method: 'GET', path: '' })).rejects.toThrow(
    /GET the factory failed at https:\/\/127\.0\.0\.1:\d+/,
  );
  expect(gone.delays).toHaveLength(1);
});
