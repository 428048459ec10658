import type { SharedStorage, SigningBatch, SigningResult } from '../../slashing-db/storage/sharing-port.ts';
import type { StorageRecord } from '../../slashing-db/storage/storage-port.ts';
import { CommitGate } from './commit-gate.ts';

/** The real storage that several guards share, watched as one of them uses it. */
export class ObservedSharedStorage extends CommitGate implements SharedStorage {
  readonly databaseId: string;
  readonly signer: string;
  readonly #real: SharedStorage;

  constructor(real: SharedStorage) {
    super();
    this.#real = real;
    this.databaseId = real.databaseId;
    this.signer = real.signer;
  }

  async sign(batch: SigningBatch): Promise<SigningResult> {
    const told = Promise.withResolvers<SigningResult>();
    await this.pass(async () => told.resolve(await this.#real.sign(batch)));
    const result = await told.promise;
    if (result.kind === 'committed') this.commits.push(recordsOf(batch));
    return result;
  }

  async act(...[pubkeys, run]: Parameters<SharedStorage['act']>): Promise<void> {
    let records: readonly StorageRecord[] = [];
    await this.pass(() =>
      this.#real.act(pubkeys, (present) => {
        const writes = run(present);
        ({ records } = writes);
        return writes;
      }),
    );
    if (records.length > 0) this.commits.push(records);
  }

  load() {
    return this.#real.load();
  }

  mark() {
    return this.#real.mark();
  }

  refresh() {
    return this.#real.refresh();
  }

  read(pubkeys: Parameters<SharedStorage['read']>[0]) {
    return this.#real.read(pubkeys);
  }

  reconnect() {
    return this.#real.reconnect();
  }

  freezeAll(why: Error) {
    return this.#real.freezeAll(why);
  }

  search(search: Parameters<SharedStorage['search']>[0]) {
    return this.#real.search(search);
  }

  close() {
    return this.#real.close();
  }
}

const recordsOf = ({ claims, decisions }: SigningBatch): StorageRecord[] => [
  ...claims.flatMap(({ pubkey, block, attestation }): StorageRecord[] => [
    ...(block ? [{ kind: 'block', mode: 'advance', pubkey, watermark: block } as const] : []),
    ...(attestation
      ? [{ kind: 'attestation', mode: 'advance', pubkey, watermark: attestation } as const]
      : []),
  ]),
  ...decisions.map((decision): StorageRecord => ({ kind: 'decision', decision })),
];
