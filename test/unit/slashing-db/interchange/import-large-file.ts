import { openGuard } from '../../../../slashing-db/index.ts';
import { endOfTime, key, SPEC } from '../../../support/slashing-fixtures.ts';

/**
 * Child process: imports a document of about `argv[3]` MB that is made on the fly into the database `argv[2]`, and
 * reports how far its memory grew at most.
 */
const [path, megabytes] = process.argv.slice(2);
const total = Number(megabytes) * 1_000_000;
const ROOT = `"signing_root":"0x${'ab'.repeat(32)}"`;

async function* largeDocument(): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  const metadata = `{"interchange_format_version":"5","genesis_validators_root":"${SPEC.genesisValidatorsRoot}"}`;
  yield encoder.encode(
    `{"metadata":${metadata},"data":[{"pubkey":"${key(1)}","signed_blocks":[],"signed_attestations":[`,
  );
  let [written, n] = [0, 0];
  while (written < total) {
    const entries = Array.from({ length: 500 }, () => {
      n += 1;
      return `{"source_epoch":"${n - 1}","target_epoch":"${n}",${ROOT}}`;
    }).join(',');
    const chunk = encoder.encode(written === 0 ? entries : `,${entries}`);
    written += chunk.length;
    yield await Promise.resolve(chunk);
  }
  yield encoder.encode(']}]}');
}

const guard = openGuard({ path: path!, spec: SPEC, clock: endOfTime(), onMissingHistory: 'trust' });
const baseline = process.memoryUsage().rss;
let peak = baseline;
const report = await guard.importInterchange(largeDocument(), {
  onProgress: () => {
    peak = Math.max(peak, process.memoryUsage.rss());
  },
});
process.send?.({ grownMegabytes: (peak - baseline) / 1e6, attestations: report.attestations });
await guard.close();
