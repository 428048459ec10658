import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAccessPolicy } from '../../../../signer/access/parse-access-policy.ts';
import { readAccessFile } from '../../../../signer/access/read-access-file.ts';
import { accessFileText, digestOf, tokenOf, writeAccessFile } from '../../../support/access-fixture.ts';
import { tempDirectory } from '../../../support/temp-guard.ts';
import { failureOf } from '../keystore/failure.ts';

const PUBKEY = 'ab'.repeat(48);
const parse = (text: string) => parseAccessPolicy(text, 'access.yaml');
const withRule = (rule: string) => accessFileText(['vc-1', 'vc-2'], [rule]);
const withClient = (...lines: string[]) => `clients:\n  - ${lines.join('\n    ')}\nrules: []\n`;

describe('an access file that cannot be used', () => {
  it.each<[string, string, RegExp]>([
    ['nothing', '', /must have clients and rules/],
    ['no rules', 'clients: []\n', /rules: must be a list/],
    ['no YAML', 'clients: [\n', /^access\.yaml line \d+: /],
    ['a field twice', 'clients: []\nrules: []\nrules: []\n', /line 3/],
    [
      'an unknown field',
      withRule('{ client: vc-1, action: sign, actions: sign, allow: true }'),
      /line 7: rules\[0\]\.action: .*did you mean actions/,
    ],
    [
      'an unknown field of a client',
      withClient('name: a', `token-sha256: ${digestOf('a')}`, 'tokens: x'),
      /clients\[0\]\.tokens/,
    ],
    [
      'an unknown client',
      withRule('{ client: vc-3, actions: sign, allow: true }'),
      /rules\[0\]\.client: no client fits vc-3, did you mean vc-/,
    ],
    [
      'a pattern without a client',
      withRule('{ client: "bn-*", actions: sign, allow: true }'),
      /no client fits bn-\*/,
    ],
    [
      'an unknown type',
      withRule('{ client: vc-1, actions: sign, types: [sync, ATESTATION], allow: true }'),
      /rules\[0\]\.types\[1\]: ATESTATION .*did you mean ATTESTATION/,
    ],
    [
      'a wildcard in a type',
      withRule('{ client: vc-1, actions: sign, types: "SYNC_*", allow: true }'),
      /SYNC_\* is neither/,
    ],
    [
      'an unknown action',
      withRule('{ client: vc-1, actions: [signs], allow: true }'),
      /rules\[0\]\.actions\[0\]: signs is not an action, did you mean sign/,
    ],
    ['all actions at once', withRule('{ client: vc-1, actions: "*", allow: true }'), /\* is not an action/],
    ['no action', withRule('{ client: vc-1, actions: [], allow: true }'), /rules\[0\]\.actions/],
    [
      'a rule that does not say what it does',
      withRule('{ client: vc-1, actions: sign }'),
      /rules\[0\]\.allow: must be true or false/,
    ],
    [
      'a rule that says maybe',
      withRule('{ client: vc-1, actions: sign, allow: yes }'),
      /rules\[0\]\.allow: must be true or false/,
    ],
    [
      'a short key',
      withRule(`{ client: vc-1, actions: sign, keys: ["0x${PUBKEY.slice(2)}"], allow: true }`),
      /rules\[0\]\.keys\[0\]: .*96 hex digits/,
    ],
    [
      'a wildcard in a key',
      withRule('{ client: vc-1, actions: sign, keys: "0xab*", allow: true }'),
      /0xab\* is not a pubkey/,
    ],
    [
      'a wildcard among keys',
      withRule(`{ client: vc-1, actions: sign, keys: [${PUBKEY}, "*"], allow: true }`),
      /keys\[1\]/,
    ],
    ['a bare asterisk', withRule('{ client: vc-1, actions: sign, keys: *, allow: true }'), /in quotes/],
    [
      'keys where there are none',
      withRule(`{ client: vc-1, actions: admin, keys: ${PUBKEY}, allow: true }`),
      /rules\[0\]\.keys: admin is on the signer as a whole/,
    ],
    [
      'types where there are none',
      withRule('{ client: vc-1, actions: list-keys, types: sync, allow: true }'),
      /only the action sign has message types/,
    ],
    ['a client without credentials', withClient('name: a'), /clients\[0\]: a client wants/],
    ['a client without a name', withClient(`token-sha256: ${digestOf('a')}`), /clients\[0\]\.name/],
    [
      'a name that no label can carry',
      withClient('name: "a b"', `token-sha256: ${digestOf('a')}`),
      /clients\[0\]\.name: must be/,
    ],
    [
      'a name with a wildcard',
      withClient('name: "vc-*"', `token-sha256: ${digestOf('a')}`),
      /clients\[0\]\.name/,
    ],
    ["the owner's name", withClient('name: api-token', `token-sha256: ${digestOf('a')}`), /owner/],
    ['a name twice', accessFileText(['a', 'a'], []), /clients\[1\]\.name: client a has the same name/],
    [
      'a token twice',
      accessFileText(['a'], []).replace('rules: []\n', '').replace('rules:', '') +
        `  - name: b\n    token-sha256: ${digestOf('a').toUpperCase()}\nrules: []\n`,
      /clients\[1\]\.token-sha256: client a has the same token/,
    ],
    [
      'a fingerprint twice',
      `clients:\n${['a', 'b'].map((name) => `  - name: ${name}\n    certificate: { fingerprint-sha256: ${'1f'.repeat(32)} }\n`).join('')}rules: []\n`,
      /client a has the same certificate/,
    ],
    [
      'a certificate by two marks',
      withClient('name: a', `certificate: { common-name: a, fingerprint-sha256: ${'1f'.repeat(32)} }`),
      /clients\[0\]\.certificate: must have either/,
    ],
    [
      'a fingerprint that is SHA-1',
      withClient('name: a', `certificate: { fingerprint-sha256: ${'1f'.repeat(20)} }`),
      /fingerprint-sha256: must be 64/,
    ],
    [
      'a rate of nothing',
      withClient('name: a', `token-sha256: ${digestOf('a')}`, 'rate-limit: { per-second: 0 }'),
      /rate-limit\.per-second: must be a whole number/,
    ],
    [
      'a broken rate',
      withClient('name: a', `token-sha256: ${digestOf('a')}`, 'rate-limit: { per-second: 5, burst: 1.5 }'),
      /rate-limit\.burst/,
    ],
  ])('%s', async (_what, text, message) => {
    const failure = await failureOf(() => parse(text));
    expect(failure).toMatchObject({ code: 'ACCESS_FILE_INVALID', exitCode: 2 });
    expect(failure.message).toMatch(message);
    expect(failure.message).toMatch(/^access\.yaml/);
  });

  it('with the token in place of its digest does not repeat the token', async () => {
    const token = `${tokenOf('a')}00`;
    const failure = await failureOf(() => parse(withClient('name: a', `token-sha256: ${token}`)));
    expect(failure.message).toContain('clients[0].token-sha256: must be 64 hex digits');
    expect(failure.message).not.toContain(token.slice(0, 16));
  });
});

describe('an access file', () => {
  it('is read with pubkeys and digests in any spelling', () => {
    const fingerprint = 'AB:'.repeat(31) + 'AB';
    const text =
      `clients:\n  - name: a\n    token-sha256: ${digestOf('a').toUpperCase()}\n    certificate: { fingerprint-sha256: "${fingerprint}" }\n` +
      `    rate-limit: { per-second: 5 }\nrules:\n  - { client: a, actions: [sign], keys: [${PUBKEY.toUpperCase()}, 0x${PUBKEY}], types: [VOLUNTARY_EXIT], allow: true }\n`;
    const { clients, rules } = parse(text);
    expect(clients).toEqual([
      {
        name: 'a',
        tokenDigest: Buffer.from(digestOf('a'), 'hex'),
        certificate: { kind: 'fingerprint-sha256', value: 'ab'.repeat(32) },
        rateLimit: { perSecond: 5, burst: 5 },
      },
    ]);
    expect([...rules[0]!.keys!]).toEqual([`0x${PUBKEY}`]);
    expect([...rules[0]!.types]).toEqual(['VOLUNTARY_EXIT']);
  });

  it('keeps a pubkey of digits only as text', () => {
    const digits = '12'.repeat(48);
    const { rules } = parse(withRule(`{ client: vc-1, actions: sign, keys: ${digits}, allow: true }`));
    expect([...rules[0]!.keys!]).toEqual([`0x${digits}`]);
  });

  it.each([0o664, 0o646, 0o666, 0o620])('of mode %o is refused: others could add rules', async (mode) => {
    const path = writeAccessFile(accessFileText(['a'], []));
    chmodSync(path, mode);
    expect(await failureOf(() => readAccessFile(path))).toMatchObject({
      code: 'ACCESS_FILE_WRITABLE',
      exitCode: 3,
    });
  });

  it('that others may read is taken, one that is not there is not', async () => {
    const path = writeAccessFile(accessFileText(['a'], []));
    chmodSync(path, 0o444);
    expect((await readAccessFile(path)).clients).toHaveLength(1);
    const missing = join(tempDirectory(), 'access.yaml');
    expect(await failureOf(() => readAccessFile(missing))).toMatchObject({ code: 'ACCESS_FILE_INVALID' });
  });
});
