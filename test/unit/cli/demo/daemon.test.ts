import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Daemon } from '../../../../cli/demo/world/daemon.ts';
import { tempDirectory } from '../../../support/temp-guard.ts';

/** Starts a program in the place of vigil. */
function start(program: string, timeoutMs = 60_000) {
  const folder = tempDirectory();
  const [entry, portsFile] = [join(folder, 'program.mjs'), join(folder, 'ports.json')];
  writeFileSync(entry, program);
  return Daemon.start({ args: ['signer', portsFile], portsFile, entry, timeoutMs });
}

const messageOf = (starting: Promise<Daemon>): Promise<string> =>
  starting.then(
    () => 'it started',
    (error: unknown) => (error as Error).message,
  );

describe('a daemon of the demo that does not start', () => {
  it('is told of with its exit code and what it last said, on either stream', async () => {
    const message = await messageOf(
      start(`
        for (let line = 0; line < 40; line += 1) console.error('line ' + line);
        console.log(JSON.stringify({ level: 40, code: 'BEACON_NO_TRUTH', msg: 'no node' }));
        console.error('error: the port is taken');
        process.stderr.write('hint: take another', () => { process.exitCode = 3; });
      `),
    );
    expect(message).toContain('vigil signer ended with exit code 3');
    expect(message).toContain('  BEACON_NO_TRUTH: no node');
    expect(message).toContain('  error: the port is taken');
    expect(message).toContain('  hint: take another');
    expect(message).toContain('line 39');
    expect(message).not.toContain('line 20');
  });

  it('is ended when it takes too long, and says what it waited for', async () => {
    const message = await messageOf(
      start(`console.log('{"msg":"waiting for a node"}'); setInterval(() => undefined, 1000);`, 5000),
    );
    expect(message).toBe('vigil signer did not listen within 5 seconds\n  waiting for a node');
  });
});

it('one that starts may say as much as it likes', async () => {
  const daemon = await start(`
    import { writeFileSync, renameSync } from 'node:fs';
    const file = process.argv.at(-1);
    // More than a pipe holds that nobody reads.
    for (let at = 0; at < 2000; at += 1) console.log('x'.repeat(200));
    process.on('SIGTERM', () => process.exit(0));
    process.stdout.write('done', () => {
      writeFileSync(file + '.new', '{"http":7}');
      renameSync(file + '.new', file);
    });
    setInterval(() => undefined, 1000);
  `);
  onTestFinished(() => daemon.stop());
  expect(daemon.url('http')).toBe('http://127.0.0.1:7');
});
