import { openAnyGuard, type KeyStatus } from '../../slashing-db/index.ts';
import type { Pubkey } from '../../core/units.ts';
import { clockAt, root, SPEC } from '../support/slashing-fixtures.ts';
import type { Released, Statement } from './scenario.ts';

/**
 * Opens what a crash left and holds it to what was said before: everything released is covered by the stored watermark
 * (looked at directly: a database that forgot the key altogether refuses too, until the key is admitted again), no
 * conflicting message is let out any more, and no two of those released conflict; imports, deletions and freezes stand.
 * @param url of the database, if it is on a server; `path` is then only where the lock is
 * @returns what was broken; empty when all was kept
 */
export async function brokenWords(
  path: string,
  statements: readonly Statement[],
  url?: string,
): Promise<string[]> {
  const guard = await openAnyGuard({
    path,
    shared: url === undefined ? null : { url, passwordFile: null, instance: 'crash' },
    spec: SPEC,
    clock: clockAt(1000).clock,
    onMissingHistory: 'trust',
    bootFloor: 'never',
  });
  const broken: string[] = [];
  try {
    const seen = new Map<string, string>();
    for (const statement of statements) {
      const pubkey = statement.pubkey as Pubkey;
      const status = guard.statusOf(pubkey);
      const say = (what: string) => broken.push(`${what}: ${pubkey.slice(0, 10)}`);
      if (statement.said === 'imported' && (status.attestation?.target ?? -1n) < statement.target)
        say('import lost');
      if (statement.said === 'deleted' && status.state !== 'deleted') say('deletion lost');
      if (statement.said === 'frozen' && status.frozen === null) say('freeze lost');
      if (statement.said === 'handed over' && status.outEpoch === null) say('hand-over lost');
      if (statement.said !== 'released') continue;
      const { message } = statement;
      const duty = message.kind === 'block' ? `block ${message.slot}` : `vote ${message.target}`;
      const before = seen.get(`${pubkey} ${duty}`);
      if (before !== undefined && before !== message.signingRoot) say(`two of ${duty} released`);
      seen.set(`${pubkey} ${duty}`, message.signingRoot);
      if (!covers(status, message)) say(`${duty} released, and uncovered`);
      const other = { ...message, signingRoot: root(0xbadn) };
      const again = await guard.release(pubkey, other, () => Promise.resolve('signature'));
      if (again.kind === 'released') say(`conflict with ${duty} released`);
    }
  } finally {
    await guard.close();
  }
  return broken;
}

function covers({ block, attestation }: KeyStatus, message: Released['message']): boolean {
  if (message.kind === 'block') return block !== null && block.slot >= message.slot;
  return attestation !== null && attestation.source >= message.source && attestation.target >= message.target;
}
