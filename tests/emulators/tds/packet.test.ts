import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { frame, HEADER_BYTES, type Packet, PacketReader } from '../../../emulators/tds/packet.ts';

const payload = fc.uint8Array({ maxLength: 3000 }).map((bytes) => Buffer.from(bytes));
const packetBytes = fc.integer({ min: 512, max: 2000 });

test('a payload comes back whole, however it is framed and however its bytes arrive', async () => {
  await fc.assert(
    fc.asyncProperty(payload, packetBytes, fc.integer({ min: 1, max: 700 }), async (sent, size, piece) => {
      const { bytes } = frame(0x01, sent, size, true, 0, 51);
      const stream = new PassThrough();
      const reader = new PacketReader(stream, () => false);
      for (let at = 0; at < bytes.length; at += piece) stream.write(bytes.subarray(at, at + piece));
      stream.end();
      const packets: Packet[] = [];
      for (let packet = await reader.next(); packet !== null; packet = await reader.next()) packets.push(packet);
      expect(Buffer.concat(packets.map((packet) => packet.body)).equals(sent)).toBe(true);
      expect(packets.map((packet) => packet.status)).toEqual(packets.map((_, i) => (i === packets.length - 1 ? 1 : 0)));
    }),
  );
});

test('a message that goes on keeps something for its last packet', () => {
  fc.assert(
    fc.property(payload, packetBytes, (sent, size) => {
      const { bytes, used } = frame(0x04, sent, size, false, 7, 51);
      const body = size - HEADER_BYTES;
      expect(used % body).toBe(0);
      expect(bytes.length).toBe((used / body) * size);
      if (sent.length > 0) expect(sent.length - used).toBeGreaterThan(0);
      expect(sent.length - used).toBeLessThanOrEqual(body);
    }),
  );
});

test('a reader that is not read from holds its stream back', async () => {
  const stream = new PassThrough();
  const reader = new PacketReader(stream, () => false);
  const { bytes } = frame(0x07, Buffer.alloc(1_000_000), 4096, true, 0, 51);
  for (let at = 0; at < bytes.length; at += 16_384) stream.write(bytes.subarray(at, at + 16_384));
  stream.end();
  await new Promise((resolve) => setImmediate(resolve));
  expect(stream.isPaused()).toBe(true);
  expect(stream.readableLength + stream.writableLength).toBeGreaterThan(500_000);
  let total = 0;
  for (let packet = await reader.next(); packet !== null; packet = await reader.next()) total += packet.body.length;
  expect(total).toBe(1_000_000);
});

test('attention is seen ahead of what is queued before it', async () => {
  const stream = new PassThrough();
  let attentions = 0;
  const reader = new PacketReader(stream, () => ++attentions > 0);
  stream.write(frame(0x01, Buffer.from('batch'), 512, true, 0, 51).bytes);
  stream.write(frame(0x06, Buffer.alloc(0), 512, true, 0, 51).bytes);
  await new Promise((resolve) => setImmediate(resolve));
  expect(attentions).toBe(1);
  expect((await reader.next())!.type).toBe(0x01);
  stream.end();
  expect(await reader.next()).toBeNull();
});
