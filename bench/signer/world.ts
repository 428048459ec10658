import { execFile, execFileSync, fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import { writeVotes, type Vote } from './votes.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const run = promisify(execFile);

const loadResult = z.object({
  requests: z.number(),
  failed: z.number(),
  late: z.number(),
  seconds: z.number(),
  cpuSeconds: z.number(),
  p50Ms: z.number(),
  p99Ms: z.number(),
  maxMs: z.number(),
  answers: z.array(z.object({ request: z.number(), body: z.object({ signature: z.string() }) })),
});
export type LoadResult = z.infer<typeof loadResult>;

export interface LoadOptions {
  readonly connections: number;
  readonly maxSeconds?: number;
  /** Requests per second, all told; 0: as fast as they are answered. */
  readonly rate?: number;
  /** Answers to give back. */
  readonly keep?: number;
}

/** A folder of its own for everything: the build, the load generator, data directories. */
export class World {
  readonly folder = mkdtempSync(join(process.env['BENCH_DIR'] ?? tmpdir(), 'vigil-bench-'));
  readonly build = join(this.folder, 'build');
  readonly #load = join(this.folder, 'load');

  /** Builds what is measured: the signer as it is installed, and the load generator. @throws without a C compiler */
  async prepare(): Promise<void> {
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    execFileSync(process.execPath, [tsc, '-p', join(ROOT, 'tsconfig.build.json'), '--outDir', this.build]);
    symlinkSync(join(ROOT, 'node_modules'), join(this.build, 'node_modules'));
    await cp(join(ROOT, 'package.json'), join(this.build, 'package.json'));
    try {
      execFileSync('cc', ['-O2', '-o', this.#load, fileURLToPath(new URL('load.c', import.meta.url))]);
    } catch (error) {
      throw new Error('the load generator needs a C compiler (`cc`); install one', { cause: error });
    }
  }

  dataDir(name: string): string {
    return join(this.folder, name, 'data');
  }

  async start(dataDir: string, variant = 'plain'): Promise<BenchSigner> {
    const child = fork(fileURLToPath(new URL('child.js', import.meta.url)), [this.build, dataDir, variant], {
      // As the launcher starts it.
      execArgv: ['--no-warnings', '--max-semi-space-size=4', '--heap-growing-percent=50'],
      env: { ...process.env, MALLOC_ARENA_MAX: '2' },
    });
    const [{ port }] = (await once(child, 'message')) as [{ port: number }];
    return new BenchSigner(child, port, this);
  }

  async load(port: number, votes: readonly Vote[], options: LoadOptions): Promise<LoadResult> {
    const file = join(this.folder, 'votes');
    writeVotes(file, votes);
    const { connections, maxSeconds = 60, rate = 0, keep = 0 } = options;
    const args = [port, connections, file, maxSeconds, rate, keep].map(String);
    const { stdout } = await run(this.#load, args, { maxBuffer: 1 << 26 });
    return loadResult.parse(JSON.parse(stdout));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export class BenchSigner {
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #world: World;

  constructor(child: ChildProcess, port: number, world: World) {
    this.#child = child;
    this.port = port;
    this.#world = world;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  load(votes: readonly Vote[], options: LoadOptions): Promise<LoadResult> {
    return this.#world.load(this.port, votes, options);
  }

  async rssMb(): Promise<number> {
    this.#child.send('memory');
    const [{ rssMb }] = (await once(this.#child, 'message')) as [{ rssMb: number }];
    return rssMb;
  }

  /** Bytes that have lived through the collections of the young since this was asked before; 0 at the first time. */
  async promotedBytes(): Promise<number> {
    this.#child.send('promoted');
    const [answer] = (await once(this.#child, 'message')) as [{ promotedBytes: number }];
    return answer.promotedBytes;
  }

  async stop(): Promise<void> {
    const gone = once(this.#child, 'exit');
    this.#child.disconnect();
    await gone;
  }
}
