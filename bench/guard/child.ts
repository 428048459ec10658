import { statSync } from 'node:fs';
import { openGuard } from '../../slashing-db/index.ts';
import { benchKey, guardOptions, vote, withFolder } from '../support/bench-guard.ts';

/** Measured in a process of its own, so that the memory is that of one thing. Prints one JSON object. */
const [what, size = '0'] = process.argv.slice(2);
const count = Number(size);

const MEBIBYTE = 1024 * 1024;
const peakMemory = (): number => process.resourceUsage().maxRSS / 1024;

if (what === 'keys') {
  await withFolder(async (folder) => {
    const options = await guardOptions(folder);
    const before = peakMemory();
    let guard = openGuard(options);
    const keys = Array.from({ length: count }, (_, n) => benchKey(n + 1));
    await Promise.all(keys.map((key) => guard.admitKey(key, false)));
    await Promise.all(keys.map((key) => guard.release(key, vote(2), () => Promise.resolve(1))));
    await guard.close();
    const fileBytes = statSync(options.path).size;
    const start = performance.now();
    guard = openGuard(options);
    const openMs = performance.now() - start;
    await Promise.all(keys.map((key) => guard.release(key, vote(3), () => Promise.resolve(1))));
    await guard.close();
    const grown = statSync(options.path).size - fileBytes;
    print({
      keys: count,
      openMs,
      fileMiB: fileBytes / MEBIBYTE,
      bytesPerDecision: grown / count,
      memoryMiB: peakMemory(),
      baseMiB: before,
    });
  });
} else {
  await withFolder(async (folder) => {
    const guard = openGuard(await guardOptions(folder));
    const before = peakMemory();
    const start = performance.now();
    const { attestations } = await guard.importInterchange(interchange(guard.genesisValidatorsRoot, count));
    const seconds = (performance.now() - start) / 1000;
    await guard.close();
    print({ attestations, seconds, memoryMiB: peakMemory(), baseMiB: before });
  });
}

/** A thousand votes a key, as a client's export has them. */
async function* interchange(root: string, attestations: number): AsyncGenerator<Uint8Array> {
  const { SecretKey } = await import('@chainsafe/blst');
  yield Buffer.from(
    `{"metadata":{"interchange_format_version":"5","genesis_validators_root":"${root}"},"data":[`,
  );
  for (let key = 0; key < attestations / 1000; key += 1) {
    const seed = new Uint8Array(32);
    new DataView(seed.buffer).setUint32(0, key + 1);
    const pubkey = SecretKey.fromKeygen(seed).toPublicKey().toHex();
    const votes = Array.from(
      { length: 1000 },
      (_, n) => `{"source_epoch":"${n}","target_epoch":"${n + 1}","signing_root":"0x${'5a'.repeat(32)}"}`,
    );
    yield Buffer.from(
      `${key === 0 ? '' : ','}{"pubkey":"${pubkey}","signed_blocks":[],"signed_attestations":[${votes.join(',')}]}`,
    );
  }
  yield Buffer.from(']}');
}

function print(result: object): void {
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
