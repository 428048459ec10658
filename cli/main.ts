import { CommanderError } from 'commander';
import { isVigilError } from '../core/errors.ts';
import { createProgram } from './program.ts';
import { requireRuntime } from './require-runtime.ts';
import { web3signerAdvice } from './options/web3signer-options.ts';

/** Exit codes: 0 ok, 1 failure, 2 usage, 3 refused for safety. */
const USAGE = 2;

/** Runs one command line. Never throws: whatever goes wrong is told on stderr and in the exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  dieWithLauncher();
  outliveReaders();
  try {
    requireRuntime(process.versions.node);
    await (await createProgram(argv)).parseAsync(argv);
  } catch (error) {
    process.exitCode = report(error, argv);
  }
}

function report(error: unknown, argv: readonly string[]): number {
  const json = argv.includes('--json');
  // Commander has already printed what is wrong with the command line, or the help that was asked for.
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0;
    for (const line of web3signerAdvice(argv)) process.stderr.write(`${line}\n`);
    return USAGE;
  }
  if (isVigilError(error)) {
    const { code, message, hint } = error;
    process.stderr.write(
      json ? `${JSON.stringify({ code, message, hint })}\n` : `error: ${message}\n${hint}\n`,
    );
    return error.exitCode;
  }
  process.stderr.write(`error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return 1;
}

/**
 * `vigil … | head`: who reads our output has seen enough, which is no failure. The verb goes on to its end unheard,
 * so that nothing stays half done and the exit code is that of the verb.
 */
function outliveReaders(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return;
    process.stderr.write(`error: the output cannot be written: ${error.message}\n`);
    process.exitCode ??= 1;
  });
  // Nobody is left to tell.
  process.stderr.on('error', () => undefined);
}

/** See `vigil.js`: started through the launcher, this process ends when the launcher is gone. */
function dieWithLauncher(): void {
  const { channel } = process;
  if (process.env['VIGIL_LAUNCHER_PID'] === undefined || channel === undefined) return;
  process.on('disconnect', () => process.exit(1));
  channel.unref();
}
