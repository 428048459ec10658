import { readFileSync } from 'node:fs';
import { brotliDecompressSync } from 'node:zlib';
import { parseTrace, type Operation } from './trace.ts';

export const TRACE_FILE = new URL('../fixtures/crash/trace.br', import.meta.url);

/** What one run of the scenario did to its files, as `record-trace.ts` wrote it down. */
export const recordedTrace = (): Operation[] => parseTrace(brotliDecompressSync(readFileSync(TRACE_FILE)));
