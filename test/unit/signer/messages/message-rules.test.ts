import { describe, expect, it } from 'vitest';
import { FORK_NAMES, type ForkName } from '../../../../core/chain/fork.ts';
import type { GatedType } from '../../../../core/config/gated-types.ts';
import type { JsonValue } from '../../../../core/json/parse-strict-json.ts';
import { parse, refusal } from './parsing.ts';
import { epochOf, firstSlotOf, forkInfo } from './successive-forks.ts';
import * as valid from './valid-requests.ts';

const { hex, spoiled } = valid;
const rootOf = (...args: Parameters<typeof parse>) => parse(...args).message.signingRoot;

describe('attestation', () => {
  const att = valid.attestation('electra');

  it('hands source and target to the guard', () => {
    expect(parse(att).message).toMatchObject({ kind: 'attestation', source: 4n, target: 5n });
  });

  it.each(['4', '6', '0', '18446744073709551615'])(
    'with target %s for a slot of epoch 5 is refused',
    (epoch) => {
      const { code, message } = refusal(spoiled(att, 'attestation.target.epoch', epoch));
      expect(code).toBe('ATTESTATION_INCONSISTENT');
      expect(message).toContain('attestation.target.epoch');
    },
  );

  it('with source equal to target is refused, except in the first epoch', () => {
    const { code, message } = refusal(spoiled(att, 'attestation.source.epoch', '5'));
    expect(code).toBe('ATTESTATION_INCONSISTENT');
    expect(message).toContain('attestation.source.epoch');
    expect(parse(valid.attestation('phase0')).message).toMatchObject({ source: 0n, target: 0n });
  });

  it('with source after target is left to the guard', () => {
    expect(parse(spoiled(att, 'attestation.source.epoch', '6')).message).toMatchObject({
      source: 6n,
      target: 5n,
    });
  });

  it.each<[ForkName, string[], string[]]>([
    ['phase0', ['0', '1', '63'], ['64']],
    ['deneb', ['0', '63'], ['64', '18446744073709551615']],
    ['electra', ['0'], ['1', '63']],
    ['fulu', ['0'], ['1']],
    ['gloas', ['0', '1'], ['2']],
    ['heze', ['0', '1'], ['2']],
  ])('in %s may have index %j, not %j', (fork, allowed, refused) => {
    for (const index of allowed) expect(parse(valid.attestation(fork, index)).type).toBe('ATTESTATION');
    for (const index of refused) {
      const { code, message } = refusal(valid.attestation(fork, index));
      expect(code).toBe('ATTESTATION_INCONSISTENT');
      expect(message).toContain('attestation.index');
    }
  });
});

describe('block', () => {
  it('hands its slot to the guard', () => {
    expect(parse(valid.blockHeader('fulu')).message).toMatchObject({ kind: 'block', slot: 192n });
    expect(parse(valid.block()).message).toMatchObject({ kind: 'block', slot: 5n });
  });

  it('BLOCK and BLOCK_V2 of the same block are the same message', () => {
    expect(parse(valid.blockV2Phase0()).message).toEqual(parse(valid.block()).message);
  });

  it('the body that was sent is what is signed, whatever body root stands beside it', () => {
    const changed = spoiled(valid.block(), 'block.body.graffiti', hex(32, '22'));
    expect(rootOf(changed)).not.toBe(rootOf(valid.block()));
    expect(rootOf(spoiled(valid.block(), 'block.body_root', hex(32)))).toBe(rootOf(valid.block()));
  });

  it.each<JsonValue>(['electra', 'Electra', 'ELECTRA ', 'OSAKA', '', null, 5, ['ELECTRA']])(
    'version %j is refused',
    (version) => {
      const { code, message } = refusal(
        spoiled(valid.blockHeader('electra'), 'beacon_block.version', version),
      );
      expect(code).toBe('MALFORMED_MESSAGE');
      expect(message).toContain('beacon_block.version');
    },
  );

  it('is full up to Altair and a header from Bellatrix on, never both', () => {
    const full = valid.blockV2Phase0();
    expect(refusal(spoiled(full, 'beacon_block.version', 'BELLATRIX')).message).toContain(
      'beacon_block.block ',
    );
    const header = valid.blockHeader('electra');
    expect(refusal(spoiled(header, 'beacon_block.version', 'ALTAIR')).message).toContain('block_header');
    const both = spoiled(header, 'beacon_block.block', valid.phase0Block());
    expect(refusal(both)).toMatchObject({ code: 'MALFORMED_MESSAGE' });
    expect(parse(spoiled(header, 'beacon_block.block', null)).message).toEqual(parse(header).message);
  });

  it('a full block is refused at a slot of another fork', () => {
    const late = spoiled(valid.block(), 'block.slot', '33');
    expect(refusal(late).code).toBe('FORK_VERSION_MISMATCH');
    expect(refusal(spoiled(late, 'fork_info', forkInfo('altair'))).code).toBe('MESSAGE_NOT_IN_FORK');
  });
});

describe('aggregate and proof', () => {
  it('is the same message in both shapes and under both names', () => {
    for (const fork of FORK_NAMES) {
      const flat = valid.aggregate(fork);
      const wrapped = { version: fork.toUpperCase(), data: flat };
      const roots = ['AGGREGATE_AND_PROOF', 'AGGREGATE_AND_PROOF_V2'].flatMap((type) => [
        rootOf(valid.aggregateRequest(fork, type, flat)),
        rootOf(valid.aggregateRequest(fork, type, wrapped)),
      ]);
      expect(new Set(roots).size).toBe(1);
    }
  });

  it('is refused when it has both shapes at once, or an unknown version', () => {
    const flat = valid.aggregate('electra');
    const send = (payload: JsonValue) =>
      refusal(valid.aggregateRequest('electra', 'AGGREGATE_AND_PROOF_V2', payload));
    expect(send({ version: 'ELECTRA', data: flat, ...flat }).code).toBe('MALFORMED_MESSAGE');
    expect(send({ version: 'electra', data: flat }).message).toContain('aggregate_and_proof.version');
    expect(send({ data: flat }).message).toContain('aggregate_and_proof.version');
    expect(send({ version: 'ELECTRA', data: [] }).message).toContain('aggregate_and_proof.data');
  });
});

describe('voluntary exit', () => {
  // The signing root of an exit for epoch 2 under each version, obtained before Deneb where the epoch decides.
  const signedIn = (epoch: bigint, now: ForkName) =>
    rootOf(valid.exit(FORK_NAMES[Number(epoch)]!, epoch.toString()), now);

  it('has the version of its epoch before Deneb', () => {
    expect(signedIn(2n, 'bellatrix')).toBe(signedIn(2n, 'capella'));
  });

  it('has the Capella version once the clock or its epoch is in Deneb', () => {
    expect(signedIn(2n, 'deneb')).not.toBe(signedIn(2n, 'capella'));
    expect(signedIn(2n, 'deneb')).toBe(signedIn(2n, 'heze'));
    expect(signedIn(3n, 'capella')).toBe(signedIn(3n, 'heze'));
    expect(signedIn(4n, 'capella')).toBe(signedIn(4n, 'heze'));
  });

  it('may come with any version of the schedule, which changes nothing', () => {
    const roots = FORK_NAMES.map((fork) => rootOf(valid.exit(fork, '5')));
    expect(new Set(roots).size).toBe(1);
  });

  it('may not come with the version of a fork that is not scheduled', async () => {
    const { parseSignRequest } = await import('../../../../signer/messages/index.ts');
    const { clockIn, spec } = await import('./successive-forks.ts');
    const { FAR_FUTURE_EPOCH } = await import('../../../../core/uint64.ts');
    const forks = spec.forks.map((fork) =>
      fork.name === 'heze' ? { ...fork, epoch: FAR_FUTURE_EPOCH as typeof fork.epoch } : fork,
    );
    const body = { ...valid.exit('heze', '8'), fork_info: forkInfo('heze') };
    expect(parse(body).type).toBe('VOLUNTARY_EXIT');
    expect(() => parseSignRequest(body, { spec: { ...spec, forks }, clock: clockIn('gloas') })).toThrow(
      expect.objectContaining({ code: 'FORK_VERSION_MISMATCH' }) as Error,
    );
  });
});

describe('deposit', () => {
  it('of another network is refused', () => {
    const path = 'deposit.genesis_fork_version';
    const { code, message } = refusal(spoiled(valid.deposit(), path, '0x00000001'));
    expect(code).toBe('DEPOSIT_WRONG_NETWORK');
    expect(message).toContain(path);
    expect(refusal(spoiled(valid.deposit(), path, undefined)).code).toBe('MALFORMED_MESSAGE');
    expect(refusal(spoiled(valid.deposit(), path, '0x')).code).toBe('BAD_HEX');
  });
});

describe('messages that came with a fork', () => {
  it('are refused before it', () => {
    expect(parse(valid.contribution('altair')).type).toBe('SYNC_COMMITTEE_CONTRIBUTION_AND_PROOF');
    expect(refusal(valid.contribution('phase0')).code).toBe('MESSAGE_NOT_IN_FORK');
    expect(refusal(valid.payloadAttestation('fulu')).code).toBe('MESSAGE_NOT_IN_FORK');
  });

  it.each(['FULU', 'gloas', 'LATER'])('with version %s are refused', (version) => {
    const { code, message } = refusal(valid.payloadAttestation('gloas', version));
    expect(code).toBe('MALFORMED_MESSAGE');
    expect(message).toContain('payload_attestation_message.version');
  });

  it('are refused without their version or data', () => {
    for (const part of ['version', 'data']) {
      const path = `payload_attestation_message.${part}`;
      expect(refusal(spoiled(valid.payloadAttestation('gloas'), path, undefined)).message).toContain(path);
    }
  });
});

describe('proposer preferences', () => {
  it('may call the gas limit by its draft name, but not by two names for two limits', () => {
    const final = rootOf(valid.proposerPreferences({ target_gas_limit: '60' }));
    expect(rootOf(valid.proposerPreferences({ gas_limit: '60' }))).toBe(final);
    expect(rootOf(valid.proposerPreferences({ gas_limit: '60', target_gas_limit: '60' }))).toBe(final);
    const differing = valid.proposerPreferences({ gas_limit: '61', target_gas_limit: '60' });
    expect(refusal(differing).code).toBe('MALFORMED_MESSAGE');
    expect(refusal(valid.proposerPreferences({})).message).toContain('target_gas_limit');
  });
});

it('no message can be dressed up as another: the same root under another type is another signing root', () => {
  // A selection proof and a randao reveal of the same number hash the same object.
  const number = epochOf('electra').toString();
  const fork_info = forkInfo('phase0');
  const selection = { type: 'AGGREGATION_SLOT', aggregation_slot: { slot: number }, fork_info };
  const reveal = {
    type: 'RANDAO_REVEAL',
    randao_reveal: { epoch: number },
    fork_info: forkInfo('electra'),
  };
  expect(firstSlotOf('altair')).toBeGreaterThan(BigInt(number));
  expect(rootOf(selection)).not.toBe(rootOf(reveal));
  expect(refusal({ ...selection, signing_root: rootOf(reveal) }).code).toBe('SIGNING_ROOT_MISMATCH');
});

const change = {
  type: 'BLS_TO_EXECUTION_CHANGE',
  bls_to_execution_change: {
    validator_index: '3',
    from_bls_pubkey: hex(48),
    to_execution_address: hex(20),
  },
};

it.each(
  Object.entries({
    VOLUNTARY_EXIT: valid.exit('deneb', epochOf('deneb').toString()),
    DEPOSIT: valid.deposit(),
    BLS_TO_EXECUTION_CHANGE: change,
  } satisfies Record<GatedType, JsonValue>),
)('%s cannot be undone, so its record is durable before it is released', (type, body) => {
  expect(parse(body)).toMatchObject({ type, message: { kind: 'unslashable', irrevocable: true } });
});
