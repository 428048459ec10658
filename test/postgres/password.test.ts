import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { openAnyGuard } from '../../slashing-db/index.ts';
import { PostgresServer } from '../support/postgres.ts';
import { migrated } from '../support/postgres-guards.ts';
import { tempDatabase, tempDirectory, TRUSTING } from '../support/temp-guard.ts';

const PASSWORD = `it's a\\pass:word`;
const HBA = `
host all keeper 127.0.0.1/32 scram-sha-256
host all vigil 127.0.0.1/32 trust
`;

let server: PostgresServer;
let url: string;

beforeAll(async () => {
  server = await PostgresServer.start([], { 'pg_hba.conf': HBA });
  await server.query(`CREATE ROLE keeper SUPERUSER LOGIN PASSWORD '${PASSWORD.replaceAll("'", "''")}'`);
  url = (await migrated(await server.emptyDatabase())).replace('vigil@', 'keeper@');
});

afterAll(() => server.stop());
afterEach(() => vi.unstubAllEnvs());

function fileOf(text: string, mode = 0o600): string {
  const path = join(tempDirectory(), 'password');
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

/** Opens and closes. @param passwordFile null: there is none */
async function enter(passwordFile: string | null): Promise<void> {
  const shared = { url, passwordFile, instance: 'one' };
  await (await openAnyGuard({ ...TRUSTING, path: tempDatabase(), shared })).close();
}

describe('a server that wants a password', () => {
  it('is not entered without one, and the operator is told how to give it', async () => {
    vi.stubEnv('PGPASSFILE', undefined);
    for (const file of [null, fileOf(''), fileOf('\n')]) {
      await expect(enter(file)).rejects.toMatchObject({
        code: 'DB_PASSWORD_MISSING',
        message: expect.stringContaining('wants a password of keeper') as string,
        hint: expect.stringContaining('--slashing-db-password-file') as string,
      });
    }
  });

  it('is entered with the one in the file', async () => {
    await enter(fileOf(`${PASSWORD}\n`));
    await expect(enter(fileOf('another'))).rejects.toMatchObject({ code: 'DB_UNREACHABLE' });
    await expect(enter('/nowhere')).rejects.toMatchObject({ code: 'DB_URL_INVALID' });
  });

  it('is entered with the line of PGPASSFILE that fits', async () => {
    const line = `127.0.0.1:${server.port}:*:keeper:${PASSWORD.replaceAll(/[:\\]/g, '\\$&')}\n`;
    vi.stubEnv('PGPASSFILE', fileOf(line));
    await enter(null);
    vi.stubEnv('PGPASSFILE', fileOf(line.replace('keeper', 'other')));
    await expect(enter(null)).rejects.toMatchObject({ code: 'DB_PASSWORD_MISSING' });
  });

  it.each([0o640, 0o604, 0o644])(
    'wants it in a file that is its owner’s alone, not of mode %o',
    async (mode) => {
      const refused = enter(fileOf(PASSWORD, mode));
      await expect(refused).rejects.toMatchObject({ code: 'DB_SECRET_EXPOSED', exitCode: 3 });
      await expect(refused).rejects.not.toThrow(PASSWORD);
      vi.stubEnv('PGPASSFILE', fileOf(`*:*:*:*:${PASSWORD}`, mode));
      await expect(enter(null)).rejects.toMatchObject({ code: 'DB_SECRET_EXPOSED' });
    },
  );
});
