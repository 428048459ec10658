import { decode, type Statement } from './scenario.ts';

/** One thing that a process did to a file, or said. */
export type Operation =
  | { readonly kind: 'create' | 'sync' | 'unlink'; readonly file: string }
  | { readonly kind: 'truncate'; readonly file: string; readonly length: number }
  | { readonly kind: 'write'; readonly file: string; readonly offset: number; readonly bytes: Uint8Array }
  | { readonly kind: 'said'; readonly statements: readonly Statement[] };

/** Reads what `shim.c` wrote. The index of shared memory is left out: it does not outlive its processes. */
export function parseTrace(trace: Buffer): Operation[] {
  const operations: Operation[] = [];
  for (let at = 0; at < trace.length;) {
    const end = trace.indexOf('\n', at);
    const [kind = '', file = '', position = '0', size = '0'] = trace.toString('utf8', at, end).split(' ');
    const bytes = trace.subarray(end + 1, end + 1 + Number(size));
    at = end + 1 + Number(size);
    if (file.endsWith('-shm') || file.includes('.lock') || file.endsWith('.pid')) continue;
    const operation = operationOf(kind, file, Number(position), bytes);
    if (operation !== null) operations.push(operation);
  }
  return operations;
}

function operationOf(kind: string, file: string, position: number, bytes: Buffer): Operation | null {
  switch (kind) {
    case 'C':
      return { kind: 'create', file };
    case 'F':
      return { kind: 'sync', file };
    case 'U':
      return { kind: 'unlink', file };
    case 'T':
      return { kind: 'truncate', file, length: position };
    case 'W':
      return { kind: 'write', file, offset: position, bytes };
    case 'S':
      return { kind: 'said', statements: decode(bytes.toString('utf8')) };
    default:
      throw new Error(`the trace has an operation ${kind}`);
  }
}
