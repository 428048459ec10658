import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { DutyBodies } from '../../cli/demo/attempts/duty-bodies.ts';
import { cheapKeystore } from '../unit/signer/keystore/cheap-keystore.ts';
import { testNetwork } from './support/test-network.ts';
import { SignerProcess } from './support/vigil-process.ts';

/** As KeyIdentifiersAcceptanceTest of Web3Signer; how long the start takes is in docs/web3signer-compatibility.md. */
test('a signer starts with ten thousand keys and signs with the last of them', async () => {
  const network = testNetwork();
  onTestFinished(() => rmSync(network.folder, { recursive: true, force: true }));
  const dataDir = join(network.folder, 'data');
  for (const folder of ['keys', 'secrets']) {
    mkdirSync(join(dataDir, folder), { recursive: true, mode: 0o700 });
  }
  const pubkeys: string[] = [];
  for (let made = 0; made < 10_000; made += 1) {
    const { pubkey, keystore } = await cheapKeystore('password');
    writeFileSync(join(dataDir, 'keys', `${pubkey}.json`), JSON.stringify(keystore), { mode: 0o600 });
    writeFileSync(join(dataDir, 'secrets', pubkey), 'password', { mode: 0o600 });
    pubkeys.push(pubkey);
  }
  const signer = await SignerProcess.start(dataDir, [...network.flags, '--on-missing-history', 'trust']);
  onTestFinished(() => signer.kill());
  const listed: unknown = await (await fetch(`${signer.url}/api/v1/eth2/publicKeys`)).json();
  expect(listed).toEqual(pubkeys.sort());
  const vote = new DutyBodies(network.spec).attestation(4n, 5n);
  expect((await signer.sign(pubkeys.at(-1)!, vote)).status).toBe(200);
});
