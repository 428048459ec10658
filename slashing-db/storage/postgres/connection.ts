import pg from 'pg';
import { DatabaseAway } from '../sharing-port.ts';

export interface Query {
  /** Prepared under this name at its first use on a connection. */
  readonly name?: string;
  readonly text: string;
  readonly values?: readonly unknown[];
}

export type Row = Readonly<Record<string, unknown>>;

const INT8 = 20;

/** Integers of 64 bits as bigint; all else as the driver has it. */
const TYPES = {
  getTypeParser: (oid: number, format?: string): unknown => (oid === INT8 ? BigInt : standard(oid, format)),
} as pg.CustomTypesConfig;
const standard = pg.types.getTypeParser as (oid: number, format?: string) => unknown;

interface Cork {
  readonly connection: { readonly stream: { cork(): void; uncork(): void; destroy(error?: Error): void } };
}

/** Milliseconds after which a database that says nothing counts as gone. */
const CONNECT_MS = 4000;
export const ANSWER_MS = 4000;
/** The same for acts and reads, which may be on all keys. */
export const ACT_MS = 60_000;

/**
 * One connection. What is asked together leaves in one write and is answered in one round trip. A warning counts as a
 * failure: PostgreSQL says only by one that a commit has not reached the synchronous standby.
 */
export class Connection {
  readonly #client: pg.Client;
  #lost: Error | null = null;
  #warning: string | null = null;

  /** @throws DatabaseAway */
  static async open(config: pg.ClientConfig): Promise<Connection> {
    const client = new pg.Client({
      ...config,
      pipeline: true,
      types: TYPES,
      keepAlive: true,
      keepAliveInitialDelayMillis: 5000,
      connectionTimeoutMillis: CONNECT_MS,
    });
    const connection = new Connection(client);
    try {
      await client.connect();
      return connection;
    } catch (error) {
      connection.destroy();
      throw new DatabaseAway(messageOf(error), { cause: error });
    }
  }

  private constructor(client: pg.Client) {
    this.#client = client;
    client.on('error', (error) => (this.#lost ??= error));
    client.on('end', () => (this.#lost ??= new Error('the connection was closed')));
    client.on('notice', ({ severity, message }) => {
      if (severity === 'WARNING') this.#warning = message ?? 'a warning';
    });
  }

  /** The rows of each query. @throws DatabaseAway when it was lost, what the database says otherwise */
  async ask(queries: readonly Query[], answerMs = ANSWER_MS): Promise<Row[][]> {
    if (this.#lost !== null) throw new DatabaseAway(this.#lost.message, { cause: this.#lost });
    this.#takeWarning();
    const timer = setTimeout(() => {
      this.destroy(new Error(`no answer from the database for ${answerMs / 1000} seconds`));
    }, answerMs);
    const { stream } = (this.#client as unknown as Cork).connection;
    stream.cork();
    // The first error is the one that tells: those behind it only say that the transaction was aborted.
    const answers = queries.map(({ name, text, values }) =>
      this.#client.query({
        text,
        ...(name !== undefined && { name }),
        ...(values && { values: [...values] }),
      }),
    );
    stream.uncork();
    const settled = await Promise.allSettled(answers);
    clearTimeout(timer);
    const failed = settled.find((one) => one.status === 'rejected');
    if (failed !== undefined) {
      const error = failed.reason as Error;
      if (this.lost || (error as { code?: string }).code === undefined) {
        throw new DatabaseAway(messageOf(this.whyLost ?? error), { cause: error });
      }
      throw error;
    }
    const warning = this.#takeWarning();
    if (warning !== null) {
      this.destroy();
      throw new DatabaseAway(`the database warns: ${warning}`);
    }
    return settled.map((one, n) => {
      const result = (one as PromiseFulfilledResult<pg.QueryResult>).value;
      // A COMMIT of a transaction that was aborted is answered with ROLLBACK, and with no error.
      if (queries[n]?.text === 'COMMIT' && result.command !== 'COMMIT') {
        throw new DatabaseAway(`the commit was answered with ${result.command}`);
      }
      return result.rows as Row[];
    });
  }

  get lost(): boolean {
    return this.#lost !== null;
  }

  get whyLost(): Error | null {
    return this.#lost;
  }

  #takeWarning(): string | null {
    const warning = this.#warning;
    this.#warning = null;
    return warning;
  }

  destroy(why = new Error('the connection was given up')): void {
    this.#lost ??= why;
    (this.#client as unknown as Cork).connection.stream.destroy(why);
  }

  async close(): Promise<void> {
    if (this.#lost !== null) return;
    const timer = setTimeout(() => this.destroy(), 1000);
    await this.#client.end().catch(() => undefined);
    clearTimeout(timer);
  }
}

/** A refused connection comes as several errors in one, which has no message of its own. */
const messageOf = (error: unknown): string => {
  if (error instanceof AggregateError && error.message === '') {
    return (error.errors as Error[]).map(({ message }) => message).join('; ');
  }
  return error instanceof Error ? error.message : String(error);
};
