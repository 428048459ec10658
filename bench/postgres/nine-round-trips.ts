import pg from 'pg';

/** As many connections as a JDBC pool has by default. */
const CONNECTIONS = 10;

const SCHEMA = `
CREATE TABLE validators (id serial PRIMARY KEY, public_key bytea NOT NULL UNIQUE, enabled boolean NOT NULL DEFAULT true);
CREATE TABLE signed_attestations (validator_id int NOT NULL REFERENCES validators, source_epoch numeric(20) NOT NULL,
  target_epoch numeric(20) NOT NULL, signing_root bytea, id bigserial PRIMARY KEY, UNIQUE (validator_id, target_epoch));
CREATE TABLE low_watermarks (validator_id int UNIQUE REFERENCES validators, target_epoch numeric(20),
  source_epoch numeric(20));
CREATE TABLE metadata (id int PRIMARY KEY, high_watermark_epoch numeric(20));
INSERT INTO metadata VALUES (1, NULL);`;

/**
 * A signer as it is commonly built over a relational database: one transaction a signature, one statement a rule, one
 * round trip a statement. Written for the comparison, after the statements that Web3Signer's documentation and sources
 * describe: a lock of the key, seven questions and an insert. BEGIN goes out with the first of them, as the JDBC driver sends
 * it, and COMMIT with the last, which is kinder than that driver: it would make ten of the nine.
 */
export class NineRoundTrips {
  readonly #pool: pg.Pool;

  private constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  static async open(url: string, keys: number): Promise<NineRoundTrips> {
    const pool = new pg.Pool({ connectionString: url, max: CONNECTIONS });
    await pool.query(SCHEMA);
    for (let n = 1; n <= keys; n += 1) {
      const key = Buffer.alloc(48, n % 256);
      key.writeUInt32BE(n);
      await pool.query('INSERT INTO validators (public_key) VALUES ($1)', [key]);
      await pool.query('INSERT INTO low_watermarks VALUES ($1, 0, 0)', [n]);
    }
    return new NineRoundTrips(pool);
  }

  /** @param validator from 1 on */
  async sign(validator: number, source: bigint, target: bigint, root: Uint8Array): Promise<boolean> {
    const client = await this.#pool.connect();
    const [s, t] = [source.toString(), target.toString()];
    const ask = async (name: string, text: string, values: unknown[]): Promise<number> =>
      (await client.query({ name, text, values })).rowCount ?? 0;
    const attestations = 'SELECT 1 FROM signed_attestations WHERE validator_id = $1';
    try {
      await client.query(`BEGIN; SELECT pg_advisory_xact_lock(1, ${validator})`);
      await ask('enabled', 'SELECT enabled FROM validators WHERE id = $1', [validator]);
      await ask('high', 'SELECT high_watermark_epoch FROM metadata WHERE id = $1', [1]);
      await ask('low', 'SELECT * FROM low_watermarks WHERE validator_id = $1', [validator]);
      const offences =
        (await ask('double', `${attestations} AND target_epoch = $2 AND signing_root <> $3`, [
          validator,
          t,
          root,
        ])) +
        (await ask('surrounding', `${attestations} AND source_epoch < $2 AND target_epoch > $3 LIMIT 1`, [
          validator,
          s,
          t,
        ])) +
        (await ask('surrounded', `${attestations} AND source_epoch > $2 AND target_epoch < $3 LIMIT 1`, [
          validator,
          s,
          t,
        ]));
      const same = await ask('same', `${attestations} AND target_epoch = $2 AND signing_root = $3`, [
        validator,
        t,
        root,
      ]);
      const insert = `INSERT INTO signed_attestations (validator_id, source_epoch, target_epoch, signing_root)
        VALUES (${validator}, ${s}, ${t}, '\\x${Buffer.from(root).toString('hex')}'); `;
      await client.query(`${offences === 0 && same === 0 ? insert : ''}COMMIT`);
      return offences === 0;
    } finally {
      client.release();
    }
  }

  close(): Promise<void> {
    return this.#pool.end();
  }
}
