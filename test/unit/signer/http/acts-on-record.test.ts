import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import type { Logger } from '../../../../core/log/logger.ts';
import { OPEN_DOOR } from '../../../../signer/access/front-door.ts';
import { databasePath } from '../../../../signer/data-directory.ts';
import { readHistory } from '../../../../slashing-db/index.ts';
import { accessFileText, tokenOf, writeAccessFile } from '../../../support/access-fixture.ts';
import { call } from '../../../support/signer-call.ts';
import { PASSWORD, startSignerFixture, type SignerFixture } from '../../../support/signer-fixture.ts';
import { interchange, newKeystore } from '../../../support/signer-keymanager.ts';

const ADDRESS = `0x${'ab'.repeat(20)}`;
const OTHER = `0x${'cd'.repeat(20)}`;
const RULE = '{ client: "*", actions: [keymanager-read, keymanager-write], allow: true }';

function signerFor(client: string, log?: Logger): Promise<SignerFixture> {
  const accessFile = writeAccessFile(accessFileText([client], [RULE]));
  return startSignerFixture({
    frontDoor: { ...OPEN_DOOR, accessFile, watchMs: 1e9 },
    ...(log === undefined ? {} : { log }),
  });
}

const as = (client: string) => `Bearer ${tokenOf(client)}`;

async function actsOf(signer: SignerFixture) {
  await signer.close();
  return readHistory(databasePath(signer.dataDir), [], ({ records }) =>
    [...records()]
      .filter(({ verdict }) => verdict === 'done')
      .map(({ client, type, pubkey, reason }) => ({ client, type, pubkey, reason })),
  );
}

describe('keys that came and went over the keymanager API', () => {
  it('have who asked in the history', async () => {
    const signer = await signerFor('ann');
    const { text, pubkey } = await newKeystore();
    const body = {
      keystores: [text],
      passwords: [PASSWORD],
      slashing_protection: interchange([{ pubkey, vote: ['1', '2'] }]),
    };
    expect((await call(signer, 'POST', '/eth/v1/keystores', body, as('ann'))).text).toContain('"imported"');
    const gone = await call(signer, 'DELETE', '/eth/v1/keystores', { pubkeys: [pubkey] }, as('ann'));
    expect(gone.text).toContain('"deleted"');
    const acts = (await actsOf(signer)).filter(({ client }) => client !== 'vigil');
    expect(acts).toMatchObject([
      { client: 'ann', type: 'import-interchange' },
      { client: 'ann', type: 'admit-key', pubkey },
      { client: 'ann', type: 'delete-key', pubkey },
    ]);
  });

  it('have the address of who asked where there is no access file', async () => {
    const signer = await startSignerFixture();
    await call(signer, 'DELETE', '/eth/v1/keystores', { pubkeys: [signer.pubkey] });
    expect((await actsOf(signer)).at(-1)).toMatchObject({ client: '127.0.0.1', type: 'delete-key' });
  });
});

describe.each([
  ['feerecipient', 'ethaddress', 'set-fee-recipient', ADDRESS, OTHER],
  ['gas_limit', 'gas_limit', 'set-gas-limit', '30000000', '60000000'],
] as const)('a change of %s', (path, member, type, one, other) => {
  const at = ({ pubkey }: SignerFixture) => `/eth/v1/validator/${pubkey}/${path}`;

  it('that is refused, or changes nothing, is on no record', async () => {
    const signer = await signerFor('ann');
    await call(signer, 'POST', at(signer), { [member]: '0x' }, as('ann'));
    await call(signer, 'POST', at(signer), { [member]: one }, as('nobody'));
    await call(signer, 'DELETE', at(signer), undefined, as('ann'));
    await call(signer, 'POST', at(signer), { [member]: one }, as('ann'));
    await call(signer, 'POST', at(signer), { [member]: one }, as('ann'));
    expect((await actsOf(signer)).filter((act) => act.type === type)).toHaveLength(1);
  });

  it('is on record with who, key, old and new value, and in the log', async () => {
    const lines: Record<string, unknown>[] = [];
    const log = pino({ level: 'info' }, { write: (line: string) => lines.push(JSON.parse(line) as never) });
    const signer = await signerFor('ann', log);
    const { pubkey } = signer;
    lines.length = 0;
    await call(signer, 'POST', at(signer), { [member]: one }, as('ann'));
    await call(signer, 'POST', at(signer), { [member]: other }, as('ann'));
    await call(signer, 'DELETE', at(signer), undefined, as('ann'));
    const changes = [
      [null, one],
      [one, other],
      [other, null],
    ];
    expect(lines).toMatchObject(changes.map(([from, to]) => ({ client: 'ann', pubkey, from, to })));
    const acts = (await actsOf(signer)).filter((act) => act.type === type);
    expect(acts).toEqual(
      changes.map(([from, to]) => ({
        ...{ client: 'ann', type, pubkey },
        reason: `${to ?? 'none'} instead of ${from ?? 'none'}`,
      })),
    );
  });

  it('that could not be kept says so on record, and the old value stands', async () => {
    const signer = await signerFor('ann');
    await writeFile(join(signer.dataDir, 'key-settings'), '');
    const answer = await call(signer, 'POST', at(signer), { [member]: one }, as('ann'));
    expect(answer.status).toBe(500);
    expect((await call(signer, 'GET', at(signer), undefined, as('ann'))).status).toBe(404);
    const acts = (await actsOf(signer)).filter((act) => act.type === type);
    expect(acts.map(({ reason }) => reason)).toEqual([
      `${one} instead of none`,
      'none: the change could not be kept (KEY_FILE_UNWRITABLE)',
    ]);
  });
});
