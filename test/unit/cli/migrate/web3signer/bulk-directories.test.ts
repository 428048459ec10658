import { mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readBulkDirectory } from '../../../../../cli/migrate/web3signer/bulk-directories.ts';
import { cheapKeystore } from '../../../signer/keystore/cheap-keystore.ts';
import { tempFolder } from './temp-folder.ts';

describe('a bulk directory', () => {
  it.each([
    ['neither', null, null],
    ['both', '/p', '/p.txt'],
  ])('with %s of the two password options has failed', async (_, passwords, passwordFile) => {
    const { folder } = tempFolder();
    expect(await readBulkDirectory({ keystores: folder, passwords, passwordFile })).toEqual({
      keys: [],
      passedOver: [
        { label: folder, status: 'failed', message: expect.stringContaining('not both') as string },
      ],
    });
  });

  it('that is not there has failed', async () => {
    const paths = { keystores: '/nonexistent', passwords: null, passwordFile: '/p.txt' };
    expect((await readBulkDirectory(paths)).passedOver).toMatchObject([
      { label: '/nonexistent', status: 'failed' },
    ]);
  });

  it('that is not set holds nothing', async () => {
    const paths = { keystores: null, passwords: '/p', passwordFile: null };
    expect(await readBulkDirectory(paths)).toEqual({ keys: [], passedOver: [] });
  });

  it('pairs each keystore with its own password, or all with one', async () => {
    const { folder, at, write } = tempFolder();
    const { keystore } = await cheapKeystore('x');
    write('one.json', keystore);
    write('two.three.JSON', keystore);
    const { keys } = await readBulkDirectory({ keystores: folder, passwords: '/p', passwordFile: null });
    expect(keys).toMatchObject([
      { keystoreFile: at('one.json'), passwordFile: '/p/one.txt', password: 'whole-file' },
      { keystoreFile: at('two.three.JSON'), passwordFile: '/p/two.three.txt', password: 'whole-file' },
    ]);
    const shared = await readBulkDirectory({ keystores: folder, passwords: null, passwordFile: '/p.txt' });
    expect(shared.keys).toMatchObject([{ passwordFile: '/p.txt' }, { passwordFile: '/p.txt' }]);
  });

  it('is not searched deeper, and what is no keystore is skipped; what is damaged is not', async () => {
    const { folder, at, write } = tempFolder();
    const { keystore } = await cheapKeystore('x');
    mkdirSync(at('deeper'));
    writeFileSync(at('deeper', 'keystore-1.json'), JSON.stringify(keystore));
    write('deposit_data-1.json', [{ pubkey: 'ab' }]);
    write('keystore-cut.json', '[1]');
    write('cut.json', JSON.stringify(keystore).slice(0, -1));
    write('readme.txt', 'x');
    const { keys, passedOver } = await readBulkDirectory({
      keystores: folder,
      passwords: null,
      passwordFile: '/p.txt',
    });
    expect(keys.map(({ label }) => label)).toEqual([at('cut.json'), at('keystore-cut.json')]);
    expect(passedOver).toMatchObject([{ label: at('deposit_data-1.json'), status: 'skipped' }]);
  });
});
