import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { DutyBodies } from '../../cli/demo/attempts/duty-bodies.ts';
import { epochOfSlot } from '../../core/chain/chain-spec.ts';
import { SlotClock } from '../../core/chain/slot-clock.ts';
import { startBeaconNode } from '../support/signer-beacon-node.ts';
import { newKeys } from './support/new-keys.ts';
import { testNetwork } from './support/test-network.ts';
import { SignerProcess, vigil, vigilOk } from './support/vigil-process.ts';

/** A signer with a beacon node that knows its one validator. */
async function watchedSigner() {
  const network = testNetwork();
  onTestFinished(() => rmSync(network.folder, { recursive: true, force: true }));
  const dataDir = join(network.folder, 'data');
  const [pubkey = ''] = await newKeys(dataDir, network.flags);
  const clock = new SlotClock(network.spec, Date.now);
  const node = await startBeaconNode();
  const { genesisTimeSeconds, genesisValidatorsRoot } = network.spec;
  node.answer('/eth/v1/beacon/genesis', {
    data: { genesis_time: genesisTimeSeconds.toString(), genesis_validators_root: genesisValidatorsRoot },
  });
  node.setClock(clock.currentSlot());
  const validator = (slashed: boolean) => ({
    index: '7',
    status: 'active_ongoing',
    validator: { pubkey, slashed },
  });
  node.answer('/eth/v1/beacon/states/head/validators', { data: [validator(false)] });
  const now = epochOfSlot(network.spec, clock.currentSlot());
  const see = (epoch: bigint) =>
    node.answer(`/eth/v1/validator/liveness/${epoch}`, { data: [{ index: '7', is_live: true }] });
  const flags = [...network.flags, '--on-missing-history', 'trust'];
  const start = async (...more: string[]) => {
    const signer = await SignerProcess.start(dataDir, [...flags, ...more]);
    onTestFinished(() => signer.kill());
    return signer;
  };
  return { dataDir, pubkey, node, now, see, start, flags, bodies: new DutyBodies(network.spec) };
}

test('with a beacon node keys are silent at first; --doppelganger-epochs 0 turns that off', async () => {
  const { pubkey, node, start, bodies } = await watchedSigner();
  const signer = await start('--beacon-node', node.url);
  expect(signer.output).toContain('DOPPELGANGER_WATCH');
  expect(await signer.sign(pubkey, bodies.attestation(4n, 5n))).toMatchObject({
    status: 412,
    body: { code: 'DOPPELGANGER_WATCH' },
  });
  const metrics = await (await fetch(`${signer.metricsUrl}/metrics`)).text();
  expect(metrics).toContain('vigil_signer_keys_silent 1');
  await signer.stop();
  const loud = await start('--beacon-node', node.url, '--doppelganger-epochs', '0');
  expect((await loud.sign(pubkey, bodies.attestation(4n, 5n))).status).toBe(200);
});

test('a chain that knows more than the database stops the start, until the operator accepts it', async () => {
  const { dataDir, pubkey, node, now, see, start, flags, bodies } = await watchedSigner();
  const before = await start();
  expect((await before.sign(pubkey, bodies.attestation(4n, 5n))).status).toBe(200);
  await before.stop();
  see(now - 1n);
  const args = ['--data-dir', dataDir, '--beacon-node', node.url, ...flags];
  const refused = await vigil(['signer', '--http-port', '0', ...args]);
  expect(refused.code).toBe(3);
  expect(refused.stderr).toContain(pubkey);
  const accept = ['slashing-db', 'accept-rollback', '--reason', 'restored', '--yes', '--data-dir', dataDir];
  await vigilOk([...accept, ...flags.slice(0, 6)]);
  const after = await start('--beacon-node', node.url, '--doppelganger-epochs', '0');
  expect((await after.sign(pubkey, bodies.attestation(5n, 6n))).body['code']).toBe('BELOW_BOOT_FLOOR');
});
