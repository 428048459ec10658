import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { DutyBodies } from '../../../cli/demo/attempts/duty-bodies.ts';
import { newKeys } from '../support/new-keys.ts';
import { testNetwork } from '../support/test-network.ts';
import { SignerProcess } from '../support/vigil-process.ts';
import { Attacker } from './attacker.ts';
import { underAttack } from './under-attack.ts';

/** Of 256 files the signing port takes a quarter; docs/threat-model.md has the rule. */
const OPEN_FILES = 256;

test.skipIf(process.platform !== 'linux')(
  'a signer that may open few files never runs out of them, and one address does not lock out another',
  async () => {
    const network = testNetwork();
    onTestFinished(() => rmSync(network.folder, { recursive: true, force: true }));
    const dataDir = join(network.folder, 'data');
    const pubkeys = await newKeys(dataDir, network.flags, 3);
    const flags = [...network.flags, '--on-missing-history', 'trust'];
    const signer = await SignerProcess.start(dataDir, flags, OPEN_FILES);
    onTestFinished(() => signer.kill());
    const attacker = new Attacker();
    onTestFinished(() => attacker.stop());

    const scene = { signer, attacker, bodies: new DutyBodies(network.spec), pubkeys };
    const { opened, held } = await underAttack(scene, 'idle', {
      connections: 2000,
      atMost: OPEN_FILES / 4,
      otherAddress: 1,
    });
    expect(opened).toBe(2000);
    expect(held).toBeLessThanOrEqual(OPEN_FILES / 4);
    const metrics = await (await fetch(`${signer.metricsUrl}/metrics`)).text();
    const closed = /vigil_signer_connections_closed_total\{reason="no-room"\} (\d+)/.exec(metrics)?.[1];
    expect(Number(closed)).toBeGreaterThan(1500);
    // Neither the anchor nor anything else failed to open.
    expect(signer.output).not.toContain('ANCHOR_FAILED');
    expect(await signer.stop()).toBe(0);
  },
);
