import { connect, type Socket } from 'node:net';
import type { Target } from './attack.ts';

/** A TCP connection that speaks whatever it is told to and survives whatever comes back. */
export class RawConnection {
  readonly socket: Socket;
  /** All that came back, unless it is not kept. */
  text = '';
  receivedBytes = 0;
  closed = false;
  readonly #closing = Promise.withResolvers<void>();
  readonly #watchers = new Set<() => void>();

  private constructor(socket: Socket, keep: boolean) {
    this.socket = socket;
    socket.on('data', (data: Buffer) => {
      this.receivedBytes += data.length;
      if (keep) this.text += data.toString('latin1');
      for (const watcher of this.#watchers) watcher();
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      this.closed = true;
      this.#closing.resolve();
    });
  }

  /** @returns null when the victim, or the machine, takes no more connections */
  static async open(
    { host, port }: Pick<Target, 'host' | 'port'>,
    { keep = true, localAddress, allowHalfOpen = false }: OpenOptions = {},
  ): Promise<RawConnection | null> {
    const socket = connect({ host, port, allowHalfOpen, ...(localAddress && { localAddress }) });
    const connection = new RawConnection(socket, keep);
    return new Promise((resolve) => {
      socket.once('connect', () => resolve(connection));
      socket.once('error', () => resolve(null));
    });
  }

  /** Many at once, those that were refused left out. */
  static async openMany(
    target: Pick<Target, 'host' | 'port'>,
    count: number,
    options: OpenOptions = {},
  ): Promise<RawConnection[]> {
    const open: RawConnection[] = [];
    const batch = 250;
    for (let from = 0; from < count; from += batch) {
      const size = Math.min(batch, count - from);
      const opened = await Promise.all(
        Array.from({ length: size }, () => RawConnection.open(target, options)),
      );
      open.push(...opened.filter((one) => one !== null));
    }
    return open;
  }

  send(data: string | Uint8Array): void {
    if (this.socket.writable) this.socket.write(data);
  }

  /** Resolves when it is closed, by whomever. */
  get whenClosed(): Promise<void> {
    return this.#closing.promise;
  }

  /** Waits until what came back is as wanted. @returns false when the connection closed or the time was up before */
  async until(wanted: (text: string) => boolean, ms = 10_000): Promise<boolean> {
    const seen = Promise.withResolvers<void>();
    const look = (): void => {
      if (wanted(this.text)) seen.resolve();
    };
    this.#watchers.add(look);
    look();
    const timer = setTimeout(() => seen.resolve(), ms);
    await Promise.race([seen.promise, this.whenClosed]);
    clearTimeout(timer);
    this.#watchers.delete(look);
    return wanted(this.text);
  }

  /** Closed by the victim within that time? */
  async closedWithin(ms: number): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    await Promise.race([this.whenClosed, promise]);
    clearTimeout(timer);
    return this.closed;
  }

  /** The status of each answer, in their order. */
  get statuses(): string[] {
    return [...this.text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => status ?? '');
  }

  async destroy(): Promise<void> {
    this.socket.destroy();
    await this.whenClosed;
  }
}

export interface OpenOptions {
  /** Whether to keep the text that comes back. */
  readonly keep?: boolean;
  readonly localAddress?: string;
  readonly allowHalfOpen?: boolean;
}

/** The head of a request, without the blank line. */
export function requestHead(method: string, path: string, ...headers: readonly string[]): string {
  return [`${method} ${path} HTTP/1.1`, 'Host: localhost', ...headers].map((line) => `${line}\r\n`).join('');
}

/** The head of a signing request with JSON, without the blank line. */
export const signHead = ({ pubkey }: Target, ...headers: readonly string[]): string =>
  requestHead('POST', `/api/v1/eth2/sign/${pubkey}`, 'Content-Type: application/json', ...headers);

/**
 * Waits until the victim has left no more than that many open, which it may do late when it is busy.
 * @returns how many are open then, or when the time is up
 */
export async function leftOpen(
  connections: readonly RawConnection[],
  atMost: number,
  patienceMs: number,
): Promise<number> {
  const open = (): number => connections.filter(({ closed }) => !closed).length;
  const enough = Promise.withResolvers<void>();
  const look = (): void => {
    if (open() <= atMost) enough.resolve();
  };
  const timer = setTimeout(enough.resolve, patienceMs);
  for (const connection of connections) void connection.whenClosed.then(look);
  look();
  await enough.promise;
  clearTimeout(timer);
  return open();
}
