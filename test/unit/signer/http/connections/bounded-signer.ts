import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import type { ClosingReason } from '../../../../../signer/http/connections/closed-connections.ts';
import type { ConnectionLimits } from '../../../../../signer/http/connections/connection-limits.ts';
import {
  startSignerFixture,
  type SignerFixture,
  type SignerFixtureOptions,
} from '../../../../support/signer-fixture.ts';

const WIDE: ConnectionLimits = {
  connections: 1000,
  bodyBytes: 64 * 1024 * 1024,
  pipelined: 1000,
  unreadMs: 30_000,
};

/** A signer with some limits narrow enough for a test to reach. */
export const boundedSigner = (
  narrow: Partial<ConnectionLimits>,
  options: SignerFixtureOptions = {},
): Promise<SignerFixture> =>
  startSignerFixture({
    ...options,
    limits: { bodyBytes: 1024 * 1024, requestMs: 10_000, connections: { ...WIDE, ...narrow } },
  });

/** A connection that says nothing yet and keeps what it hears. */
export interface Line {
  readonly socket: Socket;
  heard: string;
}

export async function openLine({ url }: SignerFixture, localAddress = '127.0.0.1'): Promise<Line> {
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port), localAddress });
  const line: Line = { socket, heard: '' };
  socket.on('data', (data: Buffer) => (line.heard += data.toString('latin1')));
  socket.on('error', () => undefined);
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  return line;
}

/** Waits for the server to have closed it, with or without a reset. */
export const whenClosed = ({ socket }: Line): Promise<void> =>
  new Promise((resolve) => {
    if (socket.closed) resolve();
    else socket.once('close', () => resolve());
  });

/** Sends a request and waits for its answer. */
export async function ask(line: Line, text: string): Promise<string> {
  const before = line.heard.length;
  line.socket.write(text);
  while (!/\r\n\r\n[^]/.test(line.heard.slice(before))) {
    if (line.socket.closed) throw new Error('closed instead of answered');
    await Promise.race([once(line.socket, 'data'), whenClosed(line)]);
  }
  return line.heard.slice(before);
}

export const UPCHECK = 'GET /upcheck HTTP/1.1\r\nHost: localhost\r\n\r\n';

export function post({ pubkey }: SignerFixture, body: string, ...headers: readonly string[]): string {
  const start = `POST /api/v1/eth2/sign/${pubkey} HTTP/1.1\r\nHost: localhost\r\n`;
  const all = [`Content-Length: ${body.length}`, ...headers].map((header) => `${header}\r\n`).join('');
  return `${start}${all}\r\n${body}`;
}

export async function closedFor({ metrics }: SignerFixture, reason: ClosingReason): Promise<number> {
  const { values } = await metrics.closedConnections.get();
  return values.find(({ labels }) => labels.reason === reason)?.value ?? Number.NaN;
}
