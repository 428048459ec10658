import type { HistoryRecord } from '../../history/hash-chain.ts';
import { verifyHistory, type HistoryReport } from '../../history/verify-history.ts';
import { ACT_MS, type Connection } from './connection.ts';
import type { PostgresTarget } from './database-url.ts';
import { instanceOf, type InstanceRow } from './instance-row.ts';
import { allInstances, readingServer, SNAPSHOT } from './read-server.ts';
import { allState, stateOf } from './read-state.ts';
import { pagesOf } from './server-history.ts';
import { COMMIT } from './sign-statement.ts';

export interface ServerReport {
  readonly instances: readonly { readonly name: string; readonly history: HistoryReport }[];
  /** Records of the history that say "signed" and are not covered by the watermarks. */
  readonly uncovered: readonly string[];
}

/** Follows the chain of every signer and holds the watermarks to all that it says was signed; beside running signers too. */
export function verifyServer(target: PostgresTarget): Promise<ServerReport> {
  return readingServer(target, async (connection) => {
    const [, [protection] = [], keys = [], [latest] = [], rows = []] = await connection.ask(
      [SNAPSHOT, ...allState, allInstances],
      ACT_MS,
    );
    const known = new Map(stateOf(protection, keys, latest).keys.map((key) => [key.pubkey as string, key]));
    const uncovered: string[] = [];
    const instances = [];
    for (const instance of rows.map(instanceOf)) {
      const history = await followChain(connection, instance, (record) => {
        const key = known.get(record.pubkey ?? '');
        const { slot, source, target: to } = record;
        const behind =
          (slot !== null && (key?.block?.slot ?? -1n) < slot) ||
          (to !== null && (key?.attestation?.target ?? -1n) < to) ||
          (to !== null && source !== null && (key?.attestation?.source ?? -1n) < source);
        if (record.verdict === 'signed' && behind) uncovered.push(`${instance.name} ${record.index}`);
      });
      instances.push({ name: instance.name, history });
    }
    await connection.ask([COMMIT]);
    return { instances, uncovered };
  });
}

/** Each page has to go on where the one before it ended, and the last has to end where the signer's row says. */
async function followChain(
  connection: Connection,
  instance: InstanceRow,
  look: (record: HistoryRecord) => void,
): Promise<HistoryReport> {
  const { base, head } = instance;
  let at = base;
  let records = 0n;
  for await (const page of pagesOf(connection, instance)) {
    page.forEach(look);
    const report = verifyHistory(at, page, page.at(-1) ?? at);
    records += report.records;
    if (report.fault !== null) return { ...report, base, records };
    at = report.head;
  }
  return { ...verifyHistory(at, [], head), base, records };
}
