import { connect, type Socket } from 'node:net';
import fc from 'fast-check';
import { parseLogin7 } from '../../../emulators/tds/login7.ts';
import { parsePrelogin } from '../../../emulators/tds/prelogin.ts';
import { connectTedious } from './client.ts';
import { type Fixture, startFixture } from './fixture.ts';

let fixture: Fixture;

beforeAll(async () => {
  fixture = await startFixture();
});
afterAll(() => fixture.close());

const REQUESTS = { batch: 0x01, rpc: 0x03, bulkLoad: 0x07, fedAuth: 0x08, transaction: 0x0e, login7: 0x10, sspi: 0x11 };
/** ALL_HEADERS with a transaction descriptor, as every driver sends it. */
const HEADERS = Buffer.from('16000000120000000200000000000000000001000000', 'hex');

function packet(type: number, body: Buffer): Buffer {
  const header = Buffer.from([type, 1, 0, 0, 0, 0, 0, 0]);
  header.writeUInt16BE(body.length + 8, 2);
  return Buffer.concat([header, body]);
}

/** Logs in, sends bytes in place of a request, and waits for an answer or the end. */
async function sendRaw(bytes: Buffer): Promise<Buffer> {
  const connection = await connectTedious(fixture);
  const socket = (connection as unknown as { socket: Socket }).socket;
  socket.removeAllListeners('data');
  socket.removeAllListeners('close');
  socket.removeAllListeners('end');
  connection.on('error', () => {});
  const answer = new Promise<Buffer>((resolve) => {
    socket.on('data', resolve);
    socket.on('close', () => resolve(Buffer.alloc(0)));
  });
  socket.resume();
  socket.write(bytes);
  const received = await answer;
  socket.destroy();
  return received;
}

test('no request, whatever its bytes, harms the server or is left without an answer', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...Object.values(REQUESTS)),
      fc.boolean(),
      fc.uint8Array({ maxLength: 200 }),
      async (type, headers, bytes) => {
        const answer = await sendRaw(packet(type, Buffer.concat([headers ? HEADERS : Buffer.alloc(0), bytes])));
        expect(answer[0]).toBe(0x04);
      },
    ),
    { numRuns: 50 },
  );
  expect(fixture.log.filter((line) => line.includes('internal error'))).toEqual([]);
  // All sessions are let go.
  for (let i = 0; i < 200 && fixture.sessions.some((session) => !session.closed); i++) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  expect(fixture.sessions.filter((session) => !session.closed)).toEqual([]);
});

test('a handshake that breaks inside its PRELOGIN packets ends the connection', async () => {
  // One option, encryption: on.
  const prelogin = packet(0x12, Buffer.from('0100060001ff01', 'hex'));
  for (const second of [Buffer.from('1201000200000000', 'hex'), packet(0x12, Buffer.from('not a handshake'))]) {
    const socket = connect(fixture.port, '127.0.0.1');
    socket.on('error', () => {});
    const closed = new Promise((resolve) => socket.on('close', resolve));
    socket.once('data', () => socket.write(second));
    socket.resume();
    socket.write(prelogin);
    await closed;
  }
  expect(fixture.log.slice(-2)).toEqual([expect.stringContaining('TLS failed'), expect.stringContaining('TLS failed')]);
});

test('a request that is cancelled in one piece with it does not run', async () => {
  const text = packet(REQUESTS.batch, Buffer.concat([HEADERS, Buffer.from('wait', 'utf16le')]));
  const answer = await sendRaw(Buffer.concat([text, packet(0x06, Buffer.alloc(0))]));
  // DONE with the error bit ends the request; the acknowledgement may be in the same segment.
  expect(answer.subarray(8, 11)).toEqual(Buffer.from([0xfd, 0x02, 0x00]));
  expect(fixture.sessions.at(-1)?.batches).not.toContain('wait');
});

test('error 4014 says what was wrong', async () => {
  const answer = await sendRaw(packet(REQUESTS.rpc, Buffer.concat([HEADERS, Buffer.from('ffff0a00000001', 'hex')])));
  expect(answer.toString('utf16le', 9)).toContain('The session will be terminated (unexpected end of data)');
});

test.each([
  ['PRELOGIN', parsePrelogin],
  ['LOGIN7', parseLogin7],
])('%s of any bytes is read or refused, never a crash', (_, parse) => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 0, maxLength: 300 }), (bytes) => {
      try {
        parse(Buffer.from(bytes));
      } catch (error) {
        expect((error as Error).name).toBe('ProtocolError');
      }
    }),
    { numRuns: 500 },
  );
});
