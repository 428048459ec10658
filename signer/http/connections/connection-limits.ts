import { readFileSync } from 'node:fs';

/** More would be more than ten thousand idle connections in some hundred megabytes, which no fleet of clients needs. */
const MOST_CONNECTIONS = 12_000;

/** Room for database, keystores, beacon nodes, and the listeners of the other kinds. */
const OTHER_FILES = 640;

export interface ConnectionLimits {
  /** Connections of a listener. */
  readonly connections: number;
  /** Bytes of all bodies of a listener that have not come in whole. */
  readonly bodyBytes: number;
  /** Requests of a listener that were sent before the one before them was answered. */
  readonly pipelined: number;
  /** An answer of which nothing is read for that long is given up. */
  readonly unreadMs: number;
}

/**
 * What one listener takes. The connections stay below the limit of open files of the process: a signer that cannot
 * open a file any more can neither read keys nor write its anchors.
 */
export function connectionLimits(listener: 'signing' | 'admin' | 'metrics'): ConnectionLimits {
  const signing = signingConnections(openFileLimit());
  const connections = { signing, admin: Math.min(256, signing), metrics: Math.min(64, signing) }[listener];
  return { connections, bodyBytes: 64 * 1024 * 1024, pipelined: 4096, unreadMs: 30_000 };
}

/** @param openFiles what the process may have open */
export function signingConnections(openFiles: number): number {
  const left = Math.max(openFiles - OTHER_FILES, Math.floor(openFiles / 4));
  return Math.min(MOST_CONNECTIONS, left);
}

/** Node raises its own limit to the highest that it may have, when it starts. */
function openFileLimit(): number {
  // Windows knows no such limit, and no such file.
  if (process.platform === 'win32') return Number.POSITIVE_INFINITY;
  try {
    const [, limit] =
      /^Max open files\s+(\d+|unlimited)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    if (limit !== undefined) return limit === 'unlimited' ? Number.POSITIVE_INFINITY : Number(limit);
  } catch {
    // Not Linux: what macOS gives to everybody.
  }
  return 10_240;
}
