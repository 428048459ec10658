import { z } from 'zod';
import { epochOfSlot, forkAtEpoch, type ChainSpec } from '../../core/chain/chain-spec.ts';
import { toHex } from '../../core/hex.ts';
import { parseUint64 } from '../../core/uint64.ts';
import { epoch, parsePubkey, parseRoot, slot, type Epoch } from '../../core/units.ts';
import type { LookedUp, SeenMessage, SeenReport } from '../../slashing-db/index.ts';
import { signerError } from '../errors.ts';

/** Messages of one request. With more, one request would hold the records for too long. */
export const LOOKUP_LIMIT = 5000;

const common = { pubkey: z.string(), signing_root: z.string(), fork_version: z.string() };

export const lookupBody = z.strictObject({
  genesis_validators_root: z.string(),
  messages: z
    .array(
      z.discriminatedUnion('kind', [
        z.strictObject({
          kind: z.literal('attestation'),
          ...common,
          source_epoch: z.string(),
          target_epoch: z.string(),
        }),
        z.strictObject({ kind: z.literal('block'), ...common, slot: z.string() }),
      ]),
    )
    .min(1)
    .max(LOOKUP_LIMIT),
});

export type LookupBody = z.infer<typeof lookupBody>;

/**
 * The messages that somebody asks for. Whoever computed a signing root with another network or fork in mind would be
 * told that nothing of it was signed here, and would take every one of our own messages for a stranger's.
 * @throws BAD_HEX, BAD_INTEGER, GENESIS_VALIDATORS_ROOT_MISMATCH, FORK_VERSION_MISMATCH
 */
export function readLookup(body: LookupBody, spec: ChainSpec): SeenMessage[] {
  const root = parseRoot(body.genesis_validators_root, 'genesis_validators_root');
  if (root !== spec.genesisValidatorsRoot) {
    throw signerError(
      'GENESIS_VALIDATORS_ROOT_MISMATCH',
      `genesis_validators_root is ${root}, this signer is for ${spec.genesisValidatorsRoot}`,
    );
  }
  return body.messages.map((message, index) => {
    const at = `messages[${index}]`;
    const pubkey = parsePubkey(message.pubkey, `${at}.pubkey`);
    const signingRoot = parseRoot(message.signing_root, `${at}.signing_root`);
    if (message.kind === 'block') {
      const due = slot(parseUint64(message.slot, `${at}.slot`));
      assertFork(spec, epochOfSlot(spec, due), message.fork_version, at);
      return { kind: 'block', pubkey, slot: due, signingRoot };
    }
    const source = epoch(parseUint64(message.source_epoch, `${at}.source_epoch`));
    const target = epoch(parseUint64(message.target_epoch, `${at}.target_epoch`));
    assertFork(spec, target, message.fork_version, at);
    return { kind: 'attestation', pubkey, source, target, signingRoot };
  });
}

function assertFork(spec: ChainSpec, at: Epoch, version: string, where: string): void {
  const ours = toHex(forkAtEpoch(spec, at).version);
  if (version.toLowerCase() === ours) return;
  throw signerError(
    'FORK_VERSION_MISMATCH',
    `${where}.fork_version is ${version.slice(0, 20)} for epoch ${at}, it is ${ours} here`,
  );
}

/** As the API writes it. */
export const lookupAnswer = ({ messages, sinceMs, pruned }: SeenReport) => ({
  history: { since_ms: sinceMs?.toString() ?? null, pruned },
  data: messages.map(messageAnswer),
});

const messageAnswer = ({ verdict, why, recorded, status }: LookedUp) => ({
  verdict,
  why,
  key: status.state,
  frozen: status.frozen?.reason ?? null,
  recorded: recorded.map(({ slot: at, source, target, signingRoot, timeMs }) => ({
    slot: at?.toString() ?? null,
    source_epoch: source?.toString() ?? null,
    target_epoch: target?.toString() ?? null,
    signing_root: signingRoot,
    time_ms: timeMs.toString(),
  })),
});
