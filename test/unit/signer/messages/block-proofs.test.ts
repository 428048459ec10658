import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { FORK_NAMES } from '../../../../core/chain/fork.ts';
import { fromHex, toHex } from '../../../../core/hex.ts';
import type { JsonObject, JsonValue } from '../../../../core/json/parse-strict-json.ts';
import { parse, refusal } from './parsing.ts';
import { blockHeader, blockV2Phase0, block, hex, spoiled } from './valid-requests.ts';

// After the chain spec, whose preset the SSZ types take when they are loaded.
const { BlockBody, FORKS_WITH_PAYLOAD, littleEndian } = await import('../../../support/block-bodies.ts');
const { provenFields } = await import('../../../../signer/messages/block-proofs/proven-fields.ts');
type Fork = (typeof FORKS_WITH_PAYLOAD)[number];
type Proof = ReturnType<InstanceType<typeof BlockBody>['prove']>;

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const anyContent = fc.record({
  feeRecipient: bytes(20),
  gasLimit: fc.bigInt(0n, 2n ** 53n - 1n),
  graffiti: bytes(32),
  stateRoot: bytes(32),
});

const CONTENT = {
  feeRecipient: fromHex(hex(20, 'fe'), 'recipient'),
  gasLimit: 45_000_000n,
  graffiti: fromHex(hex(32, '9a'), 'graffiti'),
  stateRoot: fromHex(hex(32, '57'), 'root'),
};

function request(fork: Fork, bodyRoot: string, proofs: JsonValue): JsonObject {
  return { ...spoiled(blockHeader(fork), 'beacon_block.block_header.body_root', bodyRoot), proofs };
}

const asJson = (proof: Proof): JsonObject => ({ ...proof });
const flipped = (text: string, bit: number): string => {
  const all = fromHex(text, 'text');
  all[bit >> 3]! ^= 1 << (bit & 7);
  return toHex(all);
};

describe.each(FORKS_WITH_PAYLOAD)('a proof of a block of %s', (fork) => {
  it('made from the tree of any body shows what the body has', () => {
    fc.assert(
      fc.property(anyContent, (content) => {
        const body = new BlockBody(fork, content);
        const { facts } = parse(
          request(fork, body.root, [
            asJson(body.prove('feeRecipient', toHex(content.feeRecipient))),
            asJson(body.prove('gasLimit', littleEndian(content.gasLimit))),
            asJson(body.prove('graffiti', toHex(content.graffiti))),
          ]),
        );
        expect(facts).toEqual({
          validatorIndex: 7n,
          feeRecipient: toHex(content.feeRecipient),
          gasLimit: content.gasLimit,
        });
      }),
      { numRuns: 30 },
    );
  });

  it('with any bit flipped, in value, branch or body root, is refused', () => {
    fc.assert(
      fc.property(
        anyContent,
        fc.constantFrom('feeRecipient' as const, 'gasLimit' as const),
        fc.nat(),
        fc.nat(),
        (content, name, place, bit) => {
          const body = new BlockBody(fork, content);
          const value = name === 'gasLimit' ? littleEndian(content.gasLimit) : toHex(content.feeRecipient);
          const { proof, index } = body.prove(name);
          const texts = [value, body.root, ...proof];
          const at = place % texts.length;
          texts[at] = flipped(texts[at]!, bit % ((texts[at]!.length - 2) * 4));
          const [changed, root, ...branch] = texts as [string, string, ...string[]];
          expect(refusal(request(fork, root, [{ index, proof: branch, value: changed }])).code).toBe(
            'BLOCK_PROOF_INVALID',
          );
        },
      ),
      { numRuns: 60 },
    );
  });

  it('without a value proves its own fee recipient and no other', () => {
    fc.assert(
      fc.property(anyContent, fc.nat(159), (content, bit) => {
        const body = new BlockBody(fork, content);
        const { facts } = parse(request(fork, body.root, [asJson(body.prove('feeRecipient'))]));
        const own = toHex(content.feeRecipient);
        expect(facts.feeRecipient).toBeUndefined();
        expect(facts.feeRecipientHidden).toBeUndefined();
        expect(facts.provesFeeRecipient?.(own)).toBe(true);
        expect(facts.provesFeeRecipient?.(flipped(own, bit))).toBe(false);
      }),
      { numRuns: 30 },
    );
  });

  it('of another field is not taken for the field that its index names', () => {
    const body = new BlockBody(fork, CONTENT);
    const recipient = body.prove('feeRecipient', hex(20, 'fe'));
    const { index } = body.prove('gasLimit');
    expect(refusal(request(fork, body.root, [{ ...recipient, index }])).code).toBe('BLOCK_PROOF_INVALID');
  });
});

describe('a block header', () => {
  it.each(FORKS_WITH_PAYLOAD)('of %s without proofs hides its fee recipient', (fork) => {
    for (const proofs of [null, []]) {
      expect(parse(request(fork, hex(32), proofs)).facts).toEqual({
        validatorIndex: 7n,
        feeRecipientHidden: true,
      });
    }
  });

  it('with a proof of something else hides it too', () => {
    const body = new BlockBody('deneb', CONTENT);
    const proofs = [asJson(body.prove('graffiti')), asJson(body.prove('gasLimit'))];
    expect(parse(request('deneb', body.root, proofs)).facts).toEqual({
      validatorIndex: 7n,
      feeRecipientHidden: true,
    });
  });

  it('has nothing to hide before there was execution', () => {
    for (const body of [block(), blockV2Phase0()]) expect(parse(body).facts).toEqual({ validatorIndex: 7n });
  });
});

// https://github.com/ethereum/consensus-specs: 25 = execution_payload in the body, then the field in the payload,
// which has up to 16 fields until Capella and up to 32 since Deneb. The first are those that Nimbus sends.
it.each<[Fork, bigint, bigint]>([
  ['bellatrix', 401n, 407n],
  ['capella', 401n, 407n],
  ['deneb', 801n, 807n],
  ['electra', 801n, 807n],
  ['fulu', 801n, 807n],
])('in %s the fee recipient is at %s and the gas limit at %s', (fork, recipient, limit) => {
  expect([...provenFields(fork)]).toEqual([
    [recipient, 'fee_recipient'],
    [limit, 'gas_limit'],
    [18n, 'graffiti'],
  ]);
});

describe('proofs', () => {
  const body = new BlockBody('electra', CONTENT);
  const good = asJson(body.prove('feeRecipient', hex(20, 'fe')));
  const branch = good['proof'] as string[];
  const of = (proofs: JsonValue) => request('electra', body.root, proofs);

  it('may have the leaf in place of the bare value', () => {
    const leaf = `${hex(20, 'fe')}${'00'.repeat(12)}`;
    expect(parse(of([{ ...good, value: leaf }])).facts.feeRecipient).toBe(hex(20, 'fe'));
    const limit = asJson(body.prove('gasLimit', `${littleEndian(45_000_000n)}${'00'.repeat(24)}`));
    expect(parse(of([limit])).facts.gasLimit).toBe(45_000_000n);
  });

  it.each<[string, JsonValue, string]>([
    ['are no array', good, 'MALFORMED_MESSAGE'],
    ['hold something else', ['x'], 'MALFORMED_MESSAGE'],
    ['have no index', [spoiled(good, 'index', undefined)], 'MALFORMED_MESSAGE'],
    ['have a number as index', [{ ...good, index: 801 }], 'BAD_INTEGER'],
    ['have an index of another fork', [{ ...good, index: '401' }], 'BLOCK_PROOF_INVALID'],
    ['have the index of the root', [{ ...good, index: '1', proof: [] }], 'BLOCK_PROOF_INVALID'],
    ['have index 0', [{ ...good, index: '0' }], 'BLOCK_PROOF_INVALID'],
    ['have no branch', [spoiled(good, 'proof', undefined)], 'MALFORMED_MESSAGE'],
    ['have a branch that is no list', [{ ...good, proof: hex(32) }], 'MALFORMED_MESSAGE'],
    ['have a short hash in the branch', [{ ...good, proof: [...branch.slice(1), hex(31)] }], 'BAD_HEX'],
    ['have a branch that is too short', [{ ...good, proof: branch.slice(1) }], 'BLOCK_PROOF_INVALID'],
    ['have a branch that is too long', [{ ...good, proof: [...branch, hex(32)] }], 'BLOCK_PROOF_INVALID'],
    ['have an empty branch', [{ ...good, proof: [] }], 'BLOCK_PROOF_INVALID'],
    ['have a value of another length', [{ ...good, value: hex(21) }], 'BLOCK_PROOF_INVALID'],
    [
      'have a value with something after it',
      [{ ...good, value: `${hex(20, 'fe')}${'00'.repeat(11)}01` }],
      'BLOCK_PROOF_INVALID',
    ],
    ['have a value that is no hex', [{ ...good, value: 'fefe' }], 'BAD_HEX'],
    ['prove one thing twice', [good, good], 'BLOCK_PROOF_INVALID'],
  ])('that %s are refused', (_, proofs, code) => {
    expect(refusal(of(proofs)).code).toBe(code);
  });

  /** The root that a branch leads to: a body that somebody made up for it. */
  function rootOver(leaf: string, gindex: bigint, hashes: readonly string[]): string {
    let node = fromHex(leaf, 'leaf');
    let at = gindex;
    for (const hash of hashes) {
      const pair = [node, fromHex(hash, 'hash')];
      node = createHash('sha256')
        .update(Buffer.concat(at % 2n === 0n ? pair : pair.reverse()))
        .digest();
      at /= 2n;
    }
    return toHex(node);
  }

  const padded = `${hex(20, 'fe')}${'00'.repeat(12)}`;

  it.each([0, 8, 10, 20])('of %i hashes are not the way from this field to any root', (length) => {
    const hashes = Array.from({ length }, (_, level) => hex(32, `a${level % 10}`));
    const root = rootOver(padded, 801n, hashes);
    const sent = [{ index: '801', proof: hashes, value: hex(20, 'fe') }];
    expect(refusal(request('electra', root, sent)).code).toBe('BLOCK_PROOF_INVALID');
    const { facts } = parse(request('electra', root, [{ index: '801', proof: hashes }]));
    expect(facts.provesFeeRecipient?.(hex(20, 'fe'))).toBe(false);
  });

  it('of a made-up body do not bring more than an address in the place of one', () => {
    const leaf = `${hex(20, 'fe')}${'00'.repeat(11)}01`;
    const hashes = Array.from({ length: 9 }, (_, level) => hex(32, `a${level}`));
    const send = (value: string) =>
      request('electra', rootOver(value, 801n, hashes), [{ index: '801', proof: hashes, value }]);
    expect(parse(send(padded)).facts.feeRecipient).toBe(hex(20, 'fe'));
    expect(refusal(send(leaf)).code).toBe('BLOCK_PROOF_INVALID');
  });

  it('name the proof that is wrong', () => {
    const wrong = { ...asJson(body.prove('gasLimit', littleEndian(1n))) };
    expect(refusal(of([good, wrong])).message).toContain('proofs[1]');
  });

  it('do not belong to a block before there was execution', () => {
    const proofs = [asJson(new BlockBody('bellatrix', CONTENT).prove('graffiti'))];
    for (const full of [block(), blockV2Phase0()]) {
      expect(refusal({ ...full, proofs }).code).toBe('BLOCK_PROOF_INVALID');
    }
  });

  it('are known for every fork that has blocks of execution', () => {
    expect(FORK_NAMES.filter((fork) => provenFields(fork).size > 0)).toEqual([...FORKS_WITH_PAYLOAD]);
  });
});
