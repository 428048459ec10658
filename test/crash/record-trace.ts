import { writeFileSync } from 'node:fs';
import { brotliCompressSync } from 'node:zlib';
import { TRACE_FILE } from './recorded-trace.ts';
import { buildShim, recordTrace } from './under-shim.ts';

/** Records the trace that `npm test` replays where there is no C compiler. Run it when the schema has changed. */
writeFileSync(TRACE_FILE, brotliCompressSync(await recordTrace(buildShim())));
console.log(`wrote ${TRACE_FILE.pathname}`);
