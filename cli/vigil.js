#!/usr/bin/env node
/**
 * The launcher: plain JavaScript that any Node can read. It makes sure that Vigil runs on a runtime it was tested
 * with: the one that npm installed with Vigil, or this one if that is missing and this is of the same line.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, constants } from 'node:os';
import { dirname, join } from 'node:path';
import { isatty } from 'node:tty';
import { fileURLToPath } from 'node:url';

/** The line of Node that Vigil is tested with. */
const MAJOR = '24';

/**
 * A signal must not open a debugger on the memory with the keys. Short-lived objects are collected more often, in a third
 * of the memory; what they leave behind when half as much again as is in use has come together, where V8 by default waits
 * for four times as much.
 */
const FLAGS = ['--disable-sigusr1', '--max-semi-space-size=4', '--heap-growing-percent=50'];

const keepsHangup = keepHangup();
keepMemoryToOurselves();
stopWithNpm();

const runtime = pinnedRuntime();
const launched = process.env.VIGIL_LAUNCHER_PID !== undefined;
if (runtime !== null && runtime.version !== process.versions.node && !launched) {
  runOn(runtime.binary);
} else if (process.versions.node.split('.')[0] === MAJOR) {
  const source = new URL('./main.ts', import.meta.url);
  const built = new URL('../dist/cli/main.js', import.meta.url);
  const { main } = await import((existsSync(source) ? source : built).href);
  await main(process.argv);
} else {
  console.error(
    `vigil needs Node.js ${MAJOR}; this is ${process.version} and the pinned runtime is not installed.\n` +
      `Run "npm ci" in the folder of Vigil (with optional dependencies), or install Node.js ${MAJOR}.`,
  );
  process.exitCode = 1;
}

/**
 * To a daemon SIGHUP says that its keys are to be reloaded. One that comes while its modules are being loaded is given to who
 * listens first, or it would be the end. In a terminal it says that the terminal is gone.
 * @returns whether it is kept: the command line is that of a daemon
 */
function keepHangup() {
  if (!['signer', 'monitor'].includes(process.argv[2]) || isatty(0) || isatty(1)) return false;
  let came = false;
  const keep = () => {
    came = true;
  };
  process.on('SIGHUP', keep);
  process.on('newListener', function give(name) {
    if (name !== 'SIGHUP') return;
    process.off('newListener', give);
    const early = came;
    // Until then the new one is not among the listeners.
    process.nextTick(() => {
      process.off('SIGHUP', keep);
      if (early) process.emit('SIGHUP', 'SIGHUP');
    });
  });
  // The launcher keeps those that come before we can.
  process.send?.('keeps hang-ups');
  return true;
}

/**
 * Neither a debugger, which any user of this machine could connect to, nor a core dump. What is set here holds for the
 * runtime that is started too, except that it installs its own handler of the signal, hence the flag.
 */
function keepMemoryToOurselves() {
  if (process.platform === 'win32') return;
  // A listener takes the place of the one that opens the debugger.
  process.on('SIGUSR1', () => undefined);
  try {
    // Unlike a limit it keeps the memory out of cores that the kernel pipes to a collector, too.
    writeFileSync('/proc/self/coredump_filter', '0x0');
  } catch {
    // Not Linux, or no /proc: what the system says of core files holds.
  }
}

/**
 * `npx vigil` and `npm run` put a shell between npm and us that dies of a SIGTERM without passing it on. When it is
 * gone, the signal was meant for us.
 */
function stopWithNpm() {
  if (process.env.npm_command === undefined) return;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, 250);
  watch.unref();
}

/** The Node binary that came as an npm dependency for this platform and its version, or null. */
function pinnedRuntime() {
  const require = createRequire(import.meta.url);
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  for (const name of Object.keys(manifest.optionalDependencies)) {
    try {
      const path = require.resolve(`${name}/package.json`);
      const { bin, version } = JSON.parse(readFileSync(path, 'utf8'));
      const binary = join(dirname(path), typeof bin === 'string' ? bin : bin.node);
      if (existsSync(binary)) return { binary, version };
    } catch {
      continue;
    }
  }
  return null;
}

/**
 * Runs Vigil as a child that shares our terminal and dies with us: the IPC channel tells it when we are gone,
 * however we went, so that a killed launcher never leaves a signer behind.
 */
function runOn(runtime) {
  const args = [...FLAGS, fileURLToPath(import.meta.url), ...process.argv.slice(2)];
  const child = spawn(runtime, args, {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: {
      // Threads that each keep freed memory for themselves would take it from everybody (glibc only).
      MALLOC_ARENA_MAX: '2',
      // A keystore that is opened has one of these for a second: one for each core, and some for files.
      UV_THREADPOOL_SIZE: String(availableParallelism() + 3),
      ...process.env,
      VIGIL_LAUNCHER_PID: String(process.pid),
    },
  });
  const pass = (signal) => process.on(signal, () => child.kill(signal));
  for (const signal of ['SIGINT', 'SIGTERM']) pass(signal);
  if (keepsHangup) child.once('message', () => pass('SIGHUP'));
  else pass('SIGHUP');
  child.on('error', (error) => {
    console.error(`vigil: the pinned runtime ${runtime} does not start: ${error.message}`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    process.exit(code ?? 128 + constants.signals[signal]);
  });
}
