import { createServer } from 'node:http';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import {
  everythingAllowed,
  startSignerFixture,
  type SignerFixture,
} from '../../../support/signer-fixture.ts';
import { tempDirectory } from '../../../support/temp-guard.ts';
import { createSimulation } from '../../devnet/minimal-chain.ts';
import { validatorKeys } from '../../devnet/validator-keys.ts';
import type { DutyOutcome } from '../../../../devnet/duty-runner/outcome.ts';
import { toHex } from '../../../../core/hex.ts';
import { createLogger } from '../../../../core/log/logger.ts';
import { epoch, parseRoot, slot, type Pubkey, type Root } from '../../../../core/units.ts';
import type { AttestationDataFacts, BlockFacts } from '../../../../monitor/model/block-facts.ts';
import type { ChainSpec } from '../../../../core/chain/chain-spec.ts';
import type { WatchedValidator } from '../../../../monitor/model/watched-validator.ts';
import type { ForeignMessage } from '../../../../monitor/model/foreign-message.ts';
import {
  ForeignWatch,
  SignerHistory,
  urlDoor,
  type ForeignWatchOptions,
  type SeenMessage,
} from '../../../../monitor/foreign/index.ts';

export const { seenBlock, seenVote } = await import('../../../../monitor/foreign/see.ts');
const { attestersOf } = await import('../../../../devnet/chain/block/attestations.ts');
const { DevnetBeaconNode } = await import('../../../../devnet/api/beacon-node.ts');
const { DutyRunner } = await import('../../../../devnet/duty-runner/duty-runner.ts');
const { Twin } = await import('../../../../devnet/simulation/twin.ts');

export const SLOTS = 8;

/** A chain of eight validators, of which a real signer signs for the first three through a duty runner. */
export async function foreignWorld() {
  const OURS = 3;
  const { dataDir, secrets, pubkey } = await validatorKeys(OURS);
  const sim = createSimulation({
    // What the signers make is real; that the chain looks at it is the business of the chain's own tests.
    ...{ preset: 'minimal', validators: 8, seed: 'foreign', signatures: 'none' },
    external: Array(OURS).keys(),
    pubkey,
  });
  const { spec } = sim.context;
  const signer = await startSignerFixture({
    ...{ spec, dataDir, keys: 0, nowSlot: 0n, policy: everythingAllowed },
  });
  const node = new DevnetBeaconNode(sim);
  onTestFinished(() => node.close());
  const beaconUrl = await node.listen();
  const signers: SignerFixture[] = [signer];
  let runner = await DutyRunner.connect({ beaconUrl, signerUrl: signer.url });
  const outcomes: DutyOutcome[] = [];
  const runSlot = async (between: () => void = () => undefined) => {
    sim.beginSlot();
    for (const each of signers) each.setSlot(BigInt(sim.slot));
    outcomes.push(...(await runner.propose(sim.slot)));
    sim.attest();
    outcomes.push(...(await runner.attest(sim.slot)));
    between();
    sim.endSlot();
  };
  const runSlots = async (count: number) => {
    for (let done = 0; done < count; done += 1) await runSlot();
  };
  const validators = secrets.map((_, index): WatchedValidator => ({
    ...{ index, pubkey: pubkey(index) as Pubkey, group: 'default', labels: [] },
  }));
  const twin = new Twin(sim, new Map(secrets.map((secret, index) => [index, secret])));

  /** Goes on until a twin of one of ours has voted for another head in the same slot, and both votes are on chain. */
  const doubleVote = async (): Promise<number> => {
    const voted: number[] = [];
    while (voted.length === 0) {
      await runSlot(() => {
        const due = sim.truth
          .votes(sim.epoch)
          .find(({ slot: at, validator }) => at === sim.slot && validator < OURS);
        if (due === undefined) return;
        twin.vote(due.validator);
        voted.push(due.validator);
      });
    }
    await runSlots(3);
    return voted[0]!;
  };

  return {
    ...{ node, beaconUrl },
    ...{ sim, spec, signer, signers, dataDir, validators, twin, outcomes, runSlot, runSlots, doubleVote },
    useSigner: async (signerUrl: string) => {
      runner = await DutyRunner.connect({ beaconUrl, signerUrl });
    },
    /** Every vote and block of ours on chain whose duty was in these slots. */
    seen: (from: number, to: number) => seenOnChain(sim, validators, from, to),
    votesOf: (validator: number, of: number) => votesOnChain(sim, validator, of),
  };
}

type Simulated = ReturnType<typeof createSimulation>;

function seenOnChain(
  sim: Simulated,
  validators: readonly WatchedValidator[],
  from: number,
  to: number,
): SeenMessage[] {
  const { spec, rules } = sim.context;
  const seen: SeenMessage[] = [];
  for (let at = from; at <= sim.tree.head.slot; at += 1) {
    const block = sim.tree.canonicalAt(at);
    if (block === undefined) continue;
    const { message } = block.signed;
    const proposer = validators[message.proposerIndex];
    if (proposer !== undefined && at <= to) seen.push(seenBlock(spec, proposer, factsOf(block)));
    const state = sim.tree.stateAt(block.parent!, at);
    for (const attestation of message.body.attestations) {
      const { data } = attestation;
      if (data.slot < from || data.slot > to) continue;
      for (const { validator: index } of attestersOf(rules, state, attestation)) {
        const validator = validators[index];
        if (validator === undefined) continue;
        const inBlock = { slot: slot(BigInt(at)), root: block.root as Root };
        seen.push(seenVote(spec, validator, voteOf(data), inBlock));
      }
    }
  }
  return seen;
}

/** Every different vote of one validator for a slot. */
function votesOnChain(sim: Simulated, validator: number, of: number): AttestationDataFacts[] {
  const votes = new Map<Root, AttestationDataFacts>();
  for (let at = of + 1; at <= sim.tree.head.slot; at += 1) {
    const block = sim.tree.canonicalAt(at);
    if (block === undefined) continue;
    const state = sim.tree.stateAt(block.parent!, at);
    for (const attestation of block.signed.message.body.attestations) {
      if (attestation.data.slot !== of) continue;
      if (!attestersOf(sim.context.rules, state, attestation).some((each) => each.validator === validator))
        continue;
      const data = voteOf(attestation.data);
      votes.set(data.beaconBlockRoot, data);
    }
  }
  return [...votes.values()];
}

const rootOf = (bytes: Uint8Array): Root => parseRoot(toHex(bytes), 'root');

interface SimulatedVote {
  readonly slot: number;
  readonly index: number;
  readonly beaconBlockRoot: Uint8Array;
  readonly source: { readonly epoch: number; readonly root: Uint8Array };
  readonly target: { readonly epoch: number; readonly root: Uint8Array };
}

const voteOf = (data: SimulatedVote) => ({
  slot: slot(BigInt(data.slot)),
  index: BigInt(data.index),
  beaconBlockRoot: rootOf(data.beaconBlockRoot),
  source: { epoch: epoch(BigInt(data.source.epoch)), root: rootOf(data.source.root) },
  target: { epoch: epoch(BigInt(data.target.epoch)), root: rootOf(data.target.root) },
});

interface SimulatedBlock {
  readonly root: string;
  readonly signed: {
    readonly message: {
      readonly slot: number;
      readonly proposerIndex: number;
      readonly parentRoot: Uint8Array;
      readonly stateRoot: Uint8Array;
    };
    readonly signature: Uint8Array;
  };
}

/** As much of a block as the watch looks at. */
export function factsOf({ root, signed: { message, signature } }: SimulatedBlock): BlockFacts {
  return {
    slot: slot(BigInt(message.slot)),
    root: root as Root,
    parentRoot: rootOf(message.parentRoot),
    stateRoot: rootOf(message.stateRoot),
    proposerIndex: message.proposerIndex,
    signature: toHex(signature),
  } as BlockFacts;
}

/** A watch with a store that is a map, as it would be in a database. */
export function watchOver(
  { spec }: { readonly spec: ChainSpec },
  signers: readonly { readonly url: string; readonly token: string }[],
  options: Partial<ForeignWatchOptions> = {},
) {
  const stored = new Map<string, ForeignMessage>();
  const kept: { open: readonly SeenMessage[] } = { open: [] };
  const told: ForeignMessage[] = [];
  const settled: ForeignMessage[] = [];
  const watch = new ForeignWatch({
    spec,
    signers: signers.map(
      ({ url, token }) =>
        new SignerHistory(urlDoor(url, tokenFile(token)), spec.genesisValidatorsRoot, 20_000),
    ),
    store: {
      recordForeign: (message) => void stored.set(`${message.pubkey} ${message.signingRoot}`, message),
      keepOpen: (open) => void (kept.open = open),
    },
    onForeign: (message) => void told.push(message),
    onSettled: (message) => void settled.push(message),
    log: createLogger('silent'),
    nowMs: () => 1_700_000_000_000n,
    ...options,
  });
  return { watch, stored, kept, told, settled };
}

export function tokenFile(token: string): string {
  const file = join(tempDirectory(), 'token.txt');
  writeFileSync(file, `${token}\n`);
  return file;
}

/** A way to a signer that can be cut off, or that lets some requests through only. */
export async function wayTo(signer: SignerFixture) {
  const way = { url: '', token: signer.token, lost: /^$/ };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (way.lost.test(request.url ?? '')) return void response.destroy();
      const { 'content-type': type, authorization } = request.headers;
      void fetch(`${signer.url}${request.url}`, {
        method: request.method ?? 'GET',
        headers: {
          'content-type': type ?? '',
          'authorization': authorization ?? '',
          'accept': 'application/json',
        },
        body: Buffer.concat(chunks),
      }).then(async (answer) => {
        response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
      });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  way.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return way;
}
