import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

interface Remembered<T> {
  readonly authorization: string | undefined;
  readonly epoch: unknown;
  readonly value: T;
}

/**
 * Remembers for each connection what was made of its credentials. They are hashed and compared once, not for each
 * request. The comparison with the header before is of the sender with itself, so its time tells nothing.
 * @param resolve makes the value
 * @param epoch what it depends on besides the connection: another one makes it anew
 */
export function perConnection<T>(resolve: (request: IncomingMessage) => T, epoch: () => unknown) {
  const remembered = new WeakMap<Socket, Remembered<T>>();
  return (request: IncomingMessage): T => {
    const { authorization } = request.headers;
    const before = remembered.get(request.socket);
    const now = epoch();
    if (before !== undefined && before.authorization === authorization && before.epoch === now) {
      return before.value;
    }
    const value = resolve(request);
    remembered.set(request.socket, { authorization, epoch: now, value });
    return value;
  };
}
