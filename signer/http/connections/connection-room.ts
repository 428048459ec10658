import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { addressGroup } from '../../access/address-group.ts';
import { owesAnswer, type Connection } from './connection.ts';
import { DepartureOrder } from './departure-order.ts';

/**
 * Bounds the connections of a listener, and lets newcomers in all the same: another one goes, see `DepartureOrder`. An
 * attacker that opens connections therefore cannot lock others out; and when one address holds more than half of the
 * room, its newcomers push out its own connections only. A connection that is owed an answer is never closed.
 */
export class ConnectionRoom {
  readonly #max: number;
  readonly #onClosed: () => void;
  readonly #held = new DepartureOrder();
  readonly #groups = new Map<string, DepartureOrder>();
  readonly #bySocket = new WeakMap<Socket, Connection>();
  /** Only with TLS, while a handshake goes on: by both ends. */
  readonly #handshaking = new Map<string, Connection>();

  #draining = false;

  /** @param onClosed called for each connection that had to go */
  constructor(max: number, onClosed: () => void) {
    this.#max = max;
    this.#onClosed = onClosed;
  }

  get size(): number {
    return this.#held.size;
  }

  watch(server: Server, withTls: boolean): void {
    server.on('connection', (socket: Socket) => this.#enter(socket, withTls));
    server.on('secureConnection', (socket: Socket) => this.#secured(socket));
  }

  /** @returns undefined when the connection was closed already */
  of(socket: Socket): Connection | undefined {
    return this.#bySocket.get(socket);
  }

  /** After a sign of life, or after it proved itself. */
  touch(connection: Connection): void {
    const alike = this.#groups.get(connection.group);
    if (alike?.has(connection) !== true) return;
    alike.add(connection);
    this.#held.add(connection);
  }

  /** Whether connections are to be closed as soon as they are owed no answer. */
  get draining(): boolean {
    return this.#draining;
  }

  /**
   * For the end of the listener: what is under way may finish, within a time that Node, once it does not listen any
   * more, would not limit.
   */
  drain(patienceMs: number): void {
    this.#draining = true;
    const giveUp = setTimeout(() => {
      for (const connection of [...this.#held]) if (!owesAnswer(connection)) connection.socket.destroy();
    }, patienceMs);
    giveUp.unref();
  }

  #enter(socket: Socket, withTls: boolean): void {
    const group = addressGroup(socket.remoteAddress ?? '');
    if (this.#held.size >= this.#max && !this.#makeRoom(group)) {
      socket.destroy();
      this.#onClosed();
      return;
    }
    const idle = { proven: false, current: null, waiting: [], pipelines: false, held: false };
    const connection: Connection = { socket, group, ...idle };
    this.#held.add(connection);
    const alike = this.#groups.get(group) ?? new DepartureOrder();
    alike.add(connection);
    this.#groups.set(group, alike);
    this.#bySocket.set(socket, connection);
    const ends = withTls ? bothEnds(socket) : null;
    if (ends !== null) this.#handshaking.set(ends, connection);
    socket.once('close', () => {
      this.#leave(connection);
      if (ends !== null) this.#handshaking.delete(ends);
    });
  }

  /** Node has no public way from the encrypted socket to the one below it. */
  #secured(socket: Socket): void {
    const ends = bothEnds(socket);
    const connection = this.#handshaking.get(ends);
    this.#handshaking.delete(ends);
    if (connection === undefined) return;
    connection.socket = socket;
    this.#bySocket.set(socket, connection);
  }

  /** @returns false when everybody is owed an answer */
  #makeRoom(newcomer: string): boolean {
    const alike = this.#groups.get(newcomer);
    const candidates = alike !== undefined && alike.size > this.#max / 2 ? alike : this.#held;
    for (const connection of candidates) {
      if (owesAnswer(connection)) continue;
      this.#leave(connection);
      connection.socket.destroy();
      this.#onClosed();
      return true;
    }
    return false;
  }

  #leave(connection: Connection): void {
    this.#held.delete(connection);
    const alike = this.#groups.get(connection.group);
    alike?.delete(connection);
    if (alike?.size === 0) this.#groups.delete(connection.group);
  }
}

const bothEnds = ({ remoteAddress, remotePort, localAddress, localPort }: Socket): string =>
  `${remoteAddress ?? ''} ${remotePort ?? 0} ${localAddress ?? ''} ${localPort ?? 0}`;
