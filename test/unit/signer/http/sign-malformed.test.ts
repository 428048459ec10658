import { describe } from 'vitest';
import {
  attestation,
  aggregationSlot,
  block,
  bytes,
  randaoReveal,
  spoiled,
} from '../../../support/signer-bodies.ts';
import { JSON_HEADERS } from '../../../support/signer-client.ts';
import { forkInfoAt } from '../../../support/signer-network.ts';
import { itRefuses, refused, SECRET_NOTE, type RefusedInput } from './refused-inputs.ts';

const BAD_JSON = [400, 'BAD_JSON'] as const;
const BAD_HEX = [400, 'BAD_HEX'] as const;
const MALFORMED = [400, 'MALFORMED_MESSAGE'] as const;
const UNSUPPORTED = [415, 'UNSUPPORTED_MEDIA_TYPE'] as const;

const vote = attestation(54n, 55n);
const text = JSON.stringify(vote);
const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

describe('a body that is no strict JSON', () => {
  itRefuses([
    ...refused(1, BAD_JSON, {
      'an empty body': '',
      'no JSON at all': `type=ATTESTATION&note=${SECRET_NOTE}`,
      'text after the end': `${text}x${SECRET_NOTE}`,
      'two values': `${text}${text}`,
      'a truncated value': text.slice(0, -1),
      'a byte-order mark': `\uFEFF${text}`,
      'UTF-16': Buffer.from(text, 'utf16le'),
      'malformed UTF-8': Buffer.from([...Buffer.from('{"type":"'), 0xc3, 0x28, ...Buffer.from('"}')]),
      'a comment': `/* ${SECRET_NOTE} */ ${text}`,
      'a trailing comma': `${text.slice(0, -1)},}`,
      'single quotes': text.replaceAll('"', "'"),
    }),
    ...refused(1, MALFORMED, { 'an array': [vote], 'a string': JSON.stringify(text), 'null': 'null' }),
    ...refused(6, BAD_JSON, {
      'a hundred thousand brackets': nested(100_000),
      'one level too many in an ignored member': { ...vote, note: JSON.parse(nested(32)) as object },
      'objects in objects': `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`,
    }),
    ...refused(7, BAD_JSON, {
      'a payload twice': text.replace('{', `{"attestation":{"note":"${SECRET_NOTE}"},`),
      'a type twice': text.replace('{', '{"type":"ATTESTATION",'),
      'a slot twice': text.replace('"slot":', '"slot":"1","slot":'),
      'a key twice, once escaped': text.replace('"slot":', '"sl\\u006ft":"1","slot":'),
    }),
    ...refused(8, BAD_JSON, {
      '__proto__ at the top': text.replace('{', `{"__proto__":{"note":"${SECRET_NOTE}"},`),
      '__proto__ in the payload': text.replace('"slot":', '"__proto__":{"slot":"1"},"slot":'),
      '__proto__ escaped': text.replace('{', '{"\\u005f_proto__":{},'),
      'constructor.prototype': text.replace('{', '{"constructor":{"prototype":{}},'),
    }),
  ]);
});

describe('a body of another content type', () => {
  const as = (headers: Record<string, string>) => ({ headers: { ...JSON_HEADERS, ...headers } });
  itRefuses([
    ...refused(4, UNSUPPORTED, { gzip: vote }, as({ 'content-encoding': 'gzip' })),
    ...refused(4, UNSUPPORTED, { 'two encodings': vote }, as({ 'content-encoding': 'identity, br' })),
    ...refused(5, UNSUPPORTED, { 'plain text': vote }, as({ 'content-type': 'text/plain' })),
    ...refused(
      5,
      UNSUPPORTED,
      { 'form data': vote },
      as({ 'content-type': 'multipart/form-data; boundary=x' }),
    ),
    ...refused(5, UNSUPPORTED, { 'another json': vote }, as({ 'content-type': 'application/jsonx' })),
  ]);
});

describe('a request whose parts do not belong together', () => {
  itRefuses([
    ...refused(9, [400, 'UNKNOWN_MESSAGE_TYPE'], {
      'an unknown type': spoiled(vote, 'type', 'ATTESTATIONS'),
      'a type with a letter that is no ASCII': spoiled(vote, 'type', 'ATTEſTATION'),
      'a type in an array': spoiled(vote, 'type', ['ATTESTATION']),
      'a type with a space': spoiled(vote, 'type', 'ATTESTATION '),
      'an inherited name': spoiled(vote, 'type', 'toString'),
      'no type': spoiled(vote, 'type', undefined),
    }),
    ...refused(10, MALFORMED, {
      'an attestation with the payload of a block': { ...block(440n), type: 'ATTESTATION' },
      'two payloads': { ...block(440n), ...vote },
      'no payload': spoiled(vote, 'attestation', undefined),
      'a payload in an array': spoiled(vote, 'attestation', [vote.attestation]),
      'a block header and a block': spoiled(block(440n), 'beacon_block.block', { note: SECRET_NOTE }),
      'a fork name in lower case': spoiled(block(440n), 'beacon_block.version', 'electra'),
    }),
    ...refused(11, [400, 'SIGNING_ROOT_MISMATCH'], {
      'another signing_root': { ...vote, signing_root: bytes(32) },
      'another signingRoot': { ...vote, signingRoot: bytes(32) },
    }),
    ...refused(12, [400, 'SIGNING_ROOT_WITHOUT_MESSAGE'], {
      'a bare signing root': { type: 'ATTESTATION', fork_info: vote.fork_info, signing_root: bytes(32) },
      'a bare root of an unslashable type': { type: 'AGGREGATION_SLOT', signingRoot: bytes(32) },
    }),
    ...refused(14, [400, 'FORK_INFO_MISSING'], {
      'an attestation without fork_info': spoiled(vote, 'fork_info', undefined),
      'a block without fork_info': spoiled(block(440n), 'fork_info', undefined),
      'a RANDAO reveal with null for fork_info': spoiled(randaoReveal(55n), 'fork_info', null),
    }),
    ...refused(14, MALFORMED, {
      'no fork in fork_info': spoiled(vote, 'fork_info.fork', undefined),
      'no genesis validators root': spoiled(vote, 'fork_info.genesis_validators_root', undefined),
    }),
    ...[vote, block(440n), randaoReveal(55n), aggregationSlot(440n)].flatMap((body) =>
      refused(15, [400, 'GENESIS_VALIDATORS_ROOT_MISMATCH'], {
        [`${body.type} of another network`]: spoiled(body, 'fork_info.genesis_validators_root', bytes(32)),
      }),
    ),
    ...refused(16, [400, 'FORK_VERSION_MISMATCH'], {
      'a version that no fork has': spoiled(vote, 'fork_info.fork.current_version', '0xdeadbeef'),
      'the version of the next fork': spoiled(vote, 'fork_info', forkInfoAt(65n)),
      'the previous version before the fork epoch': {
        ...vote,
        fork_info: {
          ...vote.fork_info,
          fork: { ...vote.fork_info.fork, previous_version: '0x040000f0', epoch: '56' },
        },
      },
      'a block with the version of the last fork': spoiled(block(440n), 'fork_info', forkInfoAt(45n)),
      'a RANDAO reveal for the next fork, signed with ours': {
        ...randaoReveal(65n),
        fork_info: vote.fork_info,
      },
    }),
    ...refused(37, BAD_HEX, {
      'a root of 31 bytes': spoiled(vote, 'attestation.beacon_block_root', bytes(31)),
      'a root of 33 bytes': spoiled(vote, 'attestation.beacon_block_root', bytes(33)),
      'a root of no bytes': spoiled(vote, 'attestation.source.root', '0x'),
      'a root without 0x': spoiled(vote, 'attestation.target.root', 'ca'.repeat(32)),
      'a root with an odd nibble': spoiled(
        block(440n),
        'beacon_block.block_header.body_root',
        `${bytes(31)}1`,
      ),
      'a root that is no hex': spoiled(vote, 'attestation.target.root', bytes(32, 'zz')),
      'a root as number': spoiled(vote, 'attestation.target.root', 0),
      'a signing root of 31 bytes': { ...vote, signing_root: bytes(31) },
    }),
  ]);
});

describe('an identifier', () => {
  const at = (name: string, identifier: string, [status, code]: readonly [number, string]): RefusedInput => ({
    ...{ kind: 36, name, body: vote, identifier, status, code },
  });
  const NO_PUBKEY = [400, 'MALFORMED_IDENTIFIER'] as const;
  const NOT_HERE = [404, 'UNKNOWN_KEY'] as const;
  const infinity = `0xc0${'00'.repeat(47)}`;
  itRefuses([
    at('of 47 bytes', bytes(47), NO_PUBKEY),
    at('of 49 bytes', bytes(49), NO_PUBKEY),
    at('with an odd nibble', bytes(48).slice(0, -1), NO_PUBKEY),
    at('that is no hex', bytes(48, 'zz'), NO_PUBKEY),
    at('of three hundred characters', bytes(150), NO_PUBKEY),
    at('with an encoded slash', `${bytes(24)}%2F${bytes(24).slice(2)}`, NO_PUBKEY),
    at('with a trailing NUL', `${bytes(48)}%00`, NO_PUBKEY),
    at('with a trailing space', `${bytes(48)}%20`, NO_PUBKEY),
    at('with a newline', `${bytes(48)}%0A`, NO_PUBKEY),
    at('that is the point at infinity', infinity, NOT_HERE),
    at('that is not on the curve', bytes(48, 'ff'), NOT_HERE),
    at('that is unknown', bytes(48), NOT_HERE),
    at('that is unknown, without 0x', bytes(48).slice(2), NOT_HERE),
  ]);
});
