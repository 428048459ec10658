import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

interface Link {
  readonly client: Socket;
  readonly server: Socket;
}

/**
 * A network between a signer and its database: it takes time, it breaks, it swallows what one side says. Counts round
 * trips: how often a client spoke after it had been answered.
 */
export class TcpProxy {
  readonly port: number;
  /** The port that new connections lead to. */
  target: number;
  /** Milliseconds for each direction. */
  latencyMs = 0;
  /** Milliseconds for answers alone: timers know no less than one, so that a round trip of one is made this way. */
  answerLatencyMs = 0;
  /** How many bytes of answers come through in a millisecond. */
  answerBytesPerMs = Infinity;
  /** What is swallowed; the connections stay open. */
  swallow: 'nothing' | 'questions' | 'answers' = 'nothing';
  /** Sees what a client says before it is passed on, or swallowed. */
  onQuestion: ((chunk: Buffer) => void) | null = null;
  roundTrips = 0;
  readonly #server: Server;
  readonly #links = new Set<Link>();
  #refusing = false;

  static async to(port: number): Promise<TcpProxy> {
    const server = createServer({ noDelay: true });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new TcpProxy(server, port);
  }

  private constructor(server: Server, target: number) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
    this.target = target;
    server.on('connection', (client) => this.#link(client));
  }

  /** Breaks all connections, and lets none in until {@link mend}. */
  cut(): void {
    this.#refusing = true;
    this.breakAll();
  }

  mend(): void {
    this.#refusing = false;
    this.swallow = 'nothing';
  }

  /** Breaks all connections; new ones may come. */
  breakAll(): void {
    for (const { client, server } of this.#links) {
      client.destroy();
      server.destroy();
    }
  }

  async close(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #link(client: Socket): void {
    if (this.#refusing) {
      client.destroy();
      return;
    }
    const server = connect({ port: this.target, host: '127.0.0.1', noDelay: true });
    const link = { client, server };
    this.#links.add(link);
    let answered = true;
    const over = (): void => {
      this.#links.delete(link);
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) {
      socket.on('error', over);
      socket.on('close', over);
    }
    client.on('data', (chunk) => {
      if (answered) this.roundTrips += 1;
      answered = false;
      this.onQuestion?.(chunk);
      this.#pass(server, chunk, 'questions');
    });
    server.on('data', (chunk) => {
      answered = true;
      this.#pass(client, chunk, 'answers');
      const tookMs = chunk.length / this.answerBytesPerMs;
      if (tookMs < 1) return;
      server.pause();
      setTimeout(() => server.resume(), tookMs);
    });
  }

  #pass(to: Socket, chunk: Buffer, what: 'questions' | 'answers'): void {
    if (this.swallow === what) return;
    // Timers of one length fire in their order, so what is said stays in order.
    const delayMs = this.latencyMs + (what === 'answers' ? this.answerLatencyMs : 0);
    if (delayMs > 0) setTimeout(() => to.write(chunk), delayMs);
    else to.write(chunk);
  }
}
