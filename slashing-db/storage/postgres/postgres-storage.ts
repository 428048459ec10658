import { randomUUID } from 'node:crypto';
import { isVigilError } from '../../../core/errors.ts';
import { rootFromBytes, type Pubkey, type Root } from '../../../core/units.ts';
import type { StorageMark } from '../../anchor/anchor-record.ts';
import type { DatabaseEvidence } from '../../anchor/judge-evidence.ts';
import { slashingDbError } from '../../errors.ts';
import type { ChainHead } from '../../history/hash-chain.ts';
import type { FoundRecords, RecordsSearch } from '../../history/records-search.ts';
import {
  DatabaseAway,
  type ActWrites,
  type FoundAgain,
  type SharedStorage,
  type SigningBatch,
  type SigningResult,
} from '../shared-port.ts';
import type { StorageRecord, StoredState } from '../storage-port.ts';
import { actQueries } from './act-statements.ts';
import { assertSchema, assertServerFit } from './assert-fit.ts';
import { Connection, type Query, type Row } from './connection.ts';
import { clientConfig, type PostgresTarget } from './database-url.ts';
import { freezeAfterRollback, judgeReturn } from './judge-return.ts';
import {
  evidenceOf,
  insertInstance,
  instanceOf,
  isAsLeft,
  lockInstance,
  markOf,
  readInstance,
  raiseGeneration,
  type InstanceRow,
} from './instance-row.ts';
import { opening } from './opening.ts';
import { pruneQueries } from './prune-history.ts';
import { allState, lockedState, lockProtection, stateOf, stateOfKeys, stateSince } from './read-state.ts';
import { sessionName } from './read-server.ts';
import { searchHistory } from './search-history.ts';
import { BEGIN, COMMIT, ROLLBACK, signQueries, signResult } from './sign-statement.ts';
import { whyDisplaced } from './why-displaced.ts';

export interface PostgresStorageOptions {
  readonly target: PostgresTarget;
  readonly genesisValidatorsRoot: Root;
  /** The name of this signer among those that use the database. */
  readonly instance: string;
  readonly historyMaxRecords: bigint;
  /** Records of the history that anchors remember. */
  readonly remembered: readonly bigint[];
  /**
   * Looks at what the database says of itself before anything in it is changed; throws to keep it shut.
   * @returns why a boot floor is due, or null
   */
  readonly judge: (evidence: DatabaseEvidence | null) => string | null;
  /** Told of every commit before it counts as done. */
  readonly onCommit: (mark: StorageMark, records: readonly StorageRecord[]) => void;
  readonly onClose: () => void;
  /** Ids that anchors know signers by: one that is found in the database and has gone back stops all signers. */
  readonly anchored: ReadonlySet<string>;
}

/**
 * Tries by what went wrong; nothing was written. A serialisation failure and a deadlock are over at once. A lock that is
 * not got in time has taken seconds, and everybody waits meanwhile, for whichever key: a slot must not go by.
 */
const TRIES: Readonly<Record<string, number>> = { '40001': 8, '40P01': 8, '55P03': 2 };
/** Milliseconds for acts, which may be on all keys. */
const ACT_MS = 60_000;

/** A signer's place in a database that others use too. One connection; one thing at a time on it. */
export class PostgresStorage implements SharedStorage {
  readonly databaseId: string;
  readonly #options: PostgresStorageOptions;
  #connection: Connection;
  #reader: Connection | null = null;
  #instance: InstanceRow;
  #revision: bigint;
  #loaded: StoredState | null;
  /** What was sent and not answered: the head that the history then has, and what goes into the anchors. */
  #inFlight: { readonly head: ChainHead; readonly records: readonly StorageRecord[] } | null = null;

  /** @throws DB_UNREACHABLE, DB_SERVER_UNFIT, DB_SCHEMA_*, DB_WRONG_NETWORK and what `judge` throws */
  static open(options: PostgresStorageOptions): Promise<PostgresStorage> {
    return opening(options.target, async () => {
      const connection = await connect(options);
      try {
        const databaseId = await assertSchema(connection, options.genesisValidatorsRoot);
        await connection.ask([nameSession(databaseId)]);
        const entered = await enter(connection, options);
        return new PostgresStorage(options, connection, databaseId, entered);
      } catch (error) {
        connection.destroy();
        throw error;
      }
    });
  }

  private constructor(
    options: PostgresStorageOptions,
    connection: Connection,
    databaseId: string,
    { instance, revision, state }: Entered,
  ) {
    this.#options = options;
    this.#connection = connection;
    this.databaseId = databaseId;
    this.#instance = instance;
    this.#revision = revision;
    this.#loaded = state;
  }

  load(): StoredState {
    if (this.#loaded === null) throw new Error('a storage is loaded once');
    const state = this.#loaded;
    this.#loaded = null;
    return state;
  }

  mark(): StorageMark {
    return markOf(this.#instance);
  }

  async sign(batch: SigningBatch): Promise<SigningResult> {
    for (let tries = 1; ; tries += 1) {
      const fence = { ...this.#instance, revision: this.#revision };
      const { queries, head } = signQueries(batch, fence);
      this.#inFlight = { head, records: recordsOf(batch) };
      try {
        const answers = await this.#connection.ask(queries);
        const result = signResult(answers.at(-2) ?? []);
        if (result === null) throw await this.#displaced();
        if (result.kind === 'committed') this.#committed();
        this.#inFlight = null;
        return result;
      } catch (error) {
        if (!mayTryAgain(error, tries)) throw this.#given(error);
        this.#inFlight = null;
      }
    }
  }

  async refresh(): Promise<StoredState | null> {
    try {
      const prune = pruneQueries(this.#instance, this.#options.historyMaxRecords);
      const [, [row] = [], [protection] = [], keys = [], [latest] = []] = await this.#connection.ask([
        { text: 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY' },
        readInstance(this.#instance.name),
        ...stateSince(this.#revision),
        COMMIT,
      ]);
      const revision = protection?.['revision'] as bigint;
      if (!isAsLeft(row, this.#instance) || revision < this.#revision) throw await this.#displaced();
      if (prune !== null) {
        const [[moved] = []] = await this.#connection.ask(prune.queries, ACT_MS);
        const hash = moved?.['base_hash'] as Uint8Array | undefined;
        if (hash !== undefined) {
          this.#instance = { ...this.#instance, base: { index: prune.upTo, hash: rootFromBytes(hash) } };
        }
      }
      if (revision === this.#revision) return null;
      this.#revision = revision;
      return stateOf(protection, keys, latest);
    } catch (error) {
      throw this.#given(error);
    }
  }

  async act(pubkeys: readonly Pubkey[] | 'all', run: (present: StoredState) => ActWrites): Promise<void> {
    try {
      const present = await this.#lock(pubkeys);
      const writes = run(present);
      if (writes.keys.length + writes.decisions.length === 0 && writes.protection === null) {
        await this.#connection.ask([ROLLBACK]);
        return;
      }
      const revision = this.#revision + 1n;
      const { name, head: before } = this.#instance;
      const { queries, expected, head } = actQueries(name, before, revision, writes);
      const answers = await this.#connection.ask(queries, ACT_MS);
      for (const [at, rows] of expected.entries()) {
        if (rows !== null && answers[at]?.length !== rows) {
          throw slashingDbError('DB_COMMIT_FAILED', 'the database is ahead of what was to be written to it');
        }
      }
      this.#inFlight = { head, records: writes.records };
      await this.#connection.ask([COMMIT], ACT_MS);
      this.#committed();
      this.#inFlight = null;
      this.#revision = revision;
    } catch (error) {
      throw this.#given(error);
    }
  }

  async read(pubkeys: readonly Pubkey[] | 'all'): Promise<StoredState> {
    const queries = pubkeys === 'all' ? allState : stateOfKeys(pubkeys);
    return this.#reading(async (reader) => {
      const [[protection] = [], keys = [], [latest] = []] = await reader.ask(queries, ACT_MS);
      return stateOf(protection, keys, latest);
    });
  }

  async reconnect(): Promise<FoundAgain> {
    this.#connection.destroy();
    const connection = await connect(this.#options);
    try {
      const databaseId = await assertSchema(connection, this.#options.genesisValidatorsRoot);
      await connection.ask([nameSession(databaseId)]);
      const known = { databaseId: this.databaseId, instance: this.#instance, revision: this.#revision };
      const [, [protection] = [], [row] = []] = await connection.ask([
        BEGIN,
        lockProtection,
        lockInstance(this.#instance.name),
      ]);
      const found = { databaseId, instance: row === undefined ? null : instanceOf(row), protection };
      const settled = judgeReturn(known, found, this.#inFlight?.head ?? null);
      const raised = await connection.ask([
        raiseGeneration(this.#instance.name, this.#instance.owner),
        ...allState,
        COMMIT,
      ]);
      const [[instance] = [], [now] = [], keys = [], [latest] = []] = raised;
      if (settled === 'committed' && this.#inFlight !== null) {
        this.#instance = {
          ...this.#instance,
          sequence: this.#instance.sequence + 1n,
          head: this.#inFlight.head,
        };
        this.#options.onCommit(this.mark(), this.#inFlight.records);
      }
      this.#inFlight = null;
      this.#instance = instanceOf(instance ?? {});
      this.#options.onCommit(this.mark(), []);
      this.#revision = now?.['revision'] as bigint;
      this.#connection = connection;
      return { state: stateOf(now, keys, latest), committed: settled === 'committed' };
    } catch (error) {
      if (isVigilError(error, 'DB_ROLLED_BACK')) await this.#warnOthers(connection, error.message);
      connection.destroy();
      throw this.#given(error);
    }
  }

  async search(search: RecordsSearch): Promise<FoundRecords> {
    return this.#reading((reader) => searchHistory(reader, search));
  }

  /** Tells all signers that the database lost records: until the operator has looked, none signs. */
  async freezeAll(reason: string): Promise<void> {
    await this.#warnOthers(this.#connection, reason);
  }

  async close(): Promise<void> {
    await Promise.all([this.#connection.close(), this.#reader?.close()]);
    this.#options.onClose();
  }

  async #lock(pubkeys: readonly Pubkey[] | 'all'): Promise<StoredState> {
    for (let tries = 1; ; tries += 1) {
      try {
        const [, [protection] = [], [row] = [], keys = [], [latest] = []] = await this.#connection.ask(
          [BEGIN, lockProtection, lockInstance(this.#instance.name), ...lockedState(pubkeys, this.#revision)],
          ACT_MS,
        );
        const revision = protection?.['revision'] as bigint;
        if (!isAsLeft(row, this.#instance) || revision < this.#revision) throw await this.#displaced();
        this.#revision = revision;
        return stateOf(protection, keys, latest);
      } catch (error) {
        if (!mayTryAgain(error, tries)) throw error;
        await this.#connection.ask([ROLLBACK]);
      }
    }
  }

  async #reading<T>(read: (reader: Connection) => Promise<T>): Promise<T> {
    try {
      if (this.#reader === null || this.#reader.lost) this.#reader = await connect(this.#options);
      return await read(this.#reader);
    } catch (error) {
      this.#reader?.destroy();
      this.#reader = null;
      throw isVigilError(error) ? error : new DatabaseAway((error as Error).message, { cause: error });
    }
  }

  #committed(): void {
    const head = this.#inFlight?.head ?? this.#instance.head;
    this.#instance = { ...this.#instance, sequence: this.#instance.sequence + 1n, head };
    this.#options.onCommit(this.mark(), this.#inFlight?.records ?? []);
  }

  async #warnOthers(connection: Connection, reason: string): Promise<void> {
    await connection
      .ask([ROLLBACK, BEGIN, ...freezeAfterRollback(this.#options.instance, reason), COMMIT])
      .catch(() => undefined);
  }

  /** Why the signer's row is not as this process left it. All signers are stopped when the database has gone back. */
  async #displaced(): Promise<Error> {
    const { databaseId } = this;
    const known = { databaseId, instance: this.#instance, revision: this.#revision };
    const why = await whyDisplaced(this.#connection, known);
    if (isVigilError(why, 'DB_ROLLED_BACK')) await this.#warnOthers(this.#connection, why.message);
    return why;
  }

  /** What is not ours ends the connection: after it nobody knows what state it is in. */
  #given(error: unknown): Error {
    this.#connection.destroy();
    return given(error);
  }
}

/** Whatever a server says that is not known to be final may be over soon: it shuts down, it starts, its disk is full. */
const given = (error: unknown): Error =>
  isVigilError(error) || error instanceof DatabaseAway
    ? error
    : new DatabaseAway((error as Error).message, { cause: error });

const nameSession = (databaseId: string): Query => ({
  text: `SET application_name = '${sessionName(databaseId)}'`,
});

interface Entered {
  readonly instance: InstanceRow;
  readonly revision: bigint;
  readonly state: StoredState;
}

async function connect({ target }: PostgresStorageOptions): Promise<Connection> {
  const connection = await Connection.open(clientConfig(target));
  try {
    await assertServerFit(connection);
    return connection;
  } catch (error) {
    connection.destroy();
    throw given(error);
  }
}

/** Takes the signer's place: whoever had it before is refused at its next commit. */
async function enter(connection: Connection, options: PostgresStorageOptions): Promise<Entered> {
  const { instance: name, judge, remembered } = options;
  const [, , [row] = []] = await connection.ask([BEGIN, lockProtection, lockInstance(name)]);
  const before = row === undefined ? null : instanceOf(row);
  const evidence = before === null ? null : await evidenceOf(connection, before, remembered);
  let owed: string | null;
  try {
    owed = judge(evidence);
  } catch (error) {
    await connection.ask([ROLLBACK]);
    const ours = before !== null && options.anchored.has(before.id);
    if (ours && isVigilError(error, 'DB_ROLLED_BACK')) {
      await connection.ask([BEGIN, ...freezeAfterRollback(name, error.message), COMMIT]);
    }
    throw error;
  }
  const owner = randomUUID();
  const first: Query[] = before === null ? [insertInstance(name, randomUUID(), owner)] : [];
  if (owed !== null) {
    first.push({
      text: 'UPDATE protection SET floor_owed = coalesce($1, floor_owed), revision = revision + 1 WHERE id = 1',
      values: [owed],
    });
  }
  const answers = await connection.ask([...first, raiseGeneration(name, owner), ...allState, COMMIT], ACT_MS);
  const [[instance] = [], [protection] = [], keys = [], [latest] = []] = answers.slice(first.length);
  return {
    instance: instanceOf(instance as Row),
    revision: protection?.['revision'] as bigint,
    state: stateOf(protection, keys, latest),
  };
}

const mayTryAgain = (error: unknown, tries: number): boolean =>
  !(error instanceof DatabaseAway) &&
  !isVigilError(error) &&
  tries < (TRIES[String((error as { code?: unknown }).code)] ?? 0);

/** What the anchors want to know of a batch. */
function recordsOf({ claims }: SigningBatch): StorageRecord[] {
  return claims.flatMap(({ pubkey, block, attestation }): StorageRecord[] => [
    ...(block === null ? [] : [{ kind: 'block', mode: 'advance', pubkey, watermark: block } as const]),
    ...(attestation === null
      ? []
      : [{ kind: 'attestation', mode: 'advance', pubkey, watermark: attestation } as const]),
  ]);
}
