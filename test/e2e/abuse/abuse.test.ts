import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DutyBodies } from '../../../cli/demo/attempts/duty-bodies.ts';
import { newKeys } from '../support/new-keys.ts';
import { SignerProcess } from '../support/vigil-process.ts';
import { testNetwork } from '../support/test-network.ts';
import { Attacker } from './attacker.ts';
import { underAttack, type Scene } from './under-attack.ts';

/** How the signer fares is read from /proc. */
describe.skipIf(process.platform !== 'linux')('while honest clients sign', () => {
  const network = testNetwork();
  const dataDir = join(network.folder, 'data');
  let scene: Scene;

  beforeAll(async () => {
    const pubkeys = await newKeys(dataDir, network.flags, 3);
    const signer = await SignerProcess.start(dataDir, [...network.flags, '--on-missing-history', 'trust']);
    scene = { signer, attacker: new Attacker(), bodies: new DutyBodies(network.spec), pubkeys };
  });

  afterAll(async () => {
    await scene.attacker.stop();
    expect(await scene.signer.stop()).toBe(0);
    // An attacker must not be able to fill the disk with it.
    expect(scene.signer.output.length).toBeLessThan(64 * 1024);
    rmSync(network.folder, { recursive: true, force: true });
  });

  test('slow headers, slow bodies, slow chunks and silence are cut off', async () => {
    const { opened, closedByVictim, signed } = await underAttack(scene, 'slow', {
      connections: 800,
      patienceMs: 15_000,
    });
    expect(opened).toBe(800);
    expect(closedByVictim).toBe(800);
    expect(signed).toBe(0);
  });

  test('bodies over the limit are refused before they are there', async () => {
    const { statuses, sentMegabytes } = await underAttack(scene, 'oversized', { rounds: 2 });
    expect(statuses).toContain('413');
    expect(statuses.filter((status) => status !== '413' && status !== '400')).toEqual([]);
    // Two rounds of 18 bodies of 64 MB; what went out is what the sockets held.
    expect(sentMegabytes).toBeLessThan(600);
  });

  test('a thousand bodies just below the limit that never end do not fill the memory', async () => {
    const { sent, heldAtTheEnd } = await underAttack(scene, 'unfinished', {
      connections: 1000,
      patienceMs: 5000,
    });
    expect(sent).toBeGreaterThan(64);
    // 64 MiB of bodies, a megabyte each.
    expect(heldAtTheEnd).toBeLessThanOrEqual(64);
  });

  test('compressed bodies are turned away, not unpacked', async () => {
    const { statuses } = await underAttack(scene, 'compressed', { rounds: 3 });
    expect(statuses).toEqual(Array<string>(18).fill('415'));
  });

  test('floods of headers end with a refusal', async () => {
    const { statuses, tries } = await underAttack(scene, 'headerFloods', { rounds: 5 });
    expect(tries).toBe(30);
    expect(statuses).toContain('431');
    expect(statuses.filter((status) => status !== '431' && status !== 'closed')).toEqual([]);
  });

  test('what may be framed in two ways, and what is no HTTP, is refused and closed', async () => {
    const { 'HTTP/0.9': ancient, ...seen } = await underAttack(scene, 'malformed', { rounds: 1 });
    expect(Object.keys(seen)).toHaveLength(19);
    // One answer each: what was smuggled behind is never looked at.
    for (const [name, outcome] of Object.entries(seen))
      expect([name, outcome]).toEqual([name, expect.stringMatching(/^4(00|31)$/)]);
    // Node takes it for a request whose headers are still to come, and cuts it off as a slow one.
    expect(ancient).toMatch(/^(400| left open)$/);
  });

  test('TLS handshakes on the plain port fail', async () => {
    expect(await underAttack(scene, 'handshakes', { connections: 300 })).toEqual({ failed: 300 });
  });

  test('hundreds of pipelined requests are answered in order, and others get their turn', async () => {
    const { inOrder } = await underAttack(scene, 'pipelining', { connections: 8, requests: 400 });
    expect(inOrder).toBe(8);
  });

  test('thousands of pipelined requests on many connections cost the connections', async () => {
    const { answers } = await underAttack(scene, 'pipelining', { connections: 40, requests: 2000 });
    expect(answers).toBeLessThan(80_000);
  });

  test('answers that nobody reads pile up nowhere', async () => {
    const { opened } = await underAttack(scene, 'neverReading', {
      connections: 20,
      requests: 50_000,
      holdMs: 2000,
    });
    expect(opened).toBe(20);
  });

  test('thousands of connections that come and go leave nothing behind', async () => {
    expect((await underAttack(scene, 'churn', { connections: 4000 })).opened).toBe(4000);
  });

  test('half-closed connections are closed', async () => {
    expect(await underAttack(scene, 'halfClosed', { connections: 400 })).toEqual({
      opened: 400,
      leftOpen: 0,
    });
  });

  test("ten thousand idle connections are in nobody's way", async ({ annotate }) => {
    const { opened, held } = await underAttack(scene, 'idle', { connections: 10_000, holdMs: 1000 });
    await annotate(`${held} of ${opened} idle connections held at once`);
    console.log(`${held} of ${opened} idle connections were held at once`);
    // Fewer only where the machine gives fewer file descriptors to the attacker or to the signer.
    expect(held).toBeGreaterThan(500);
  });
});
