/** What the client sent breaks MS-TDS. The connection is closed with one log line; nothing else on the server notices. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}
