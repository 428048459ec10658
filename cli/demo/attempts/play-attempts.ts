import { PublicKey, Signature, verify } from '@chainsafe/blst';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadChainSpec } from '../../../core/chain/load-chain-spec.ts';
import { SlotClock } from '../../../core/chain/slot-clock.ts';
import { fromHex } from '../../../core/hex.ts';
import type { JsonValue } from '../../../core/json/parse-strict-json.ts';
import { bytesOf, parsePubkey, type Root } from '../../../core/units.ts';
import { cliError } from '../../cli-errors.ts';
import { formatTable } from '../../output/format-table.ts';
import type { Output } from '../../output/output.ts';
import { allKeysOpen } from '../world/all-keys-open.ts';
import { Daemon } from '../world/daemon.ts';
import { runVerb } from '../world/run-verb.ts';
import { demoScript, type Step } from './script.ts';

const NETWORK = 'hoodi';
const KEY_COUNT = 4;

interface Result {
  readonly asked: string;
  readonly expected: string;
  readonly answered: string;
  readonly why: string;
  readonly right: boolean;
}

/**
 * The guard from end to end, with nothing simulated but the validator client: keys made by the command line, a
 * signer daemon on loopback, a fresh slashing database, duties of the last epochs of a real network, then attempts to
 * get something slashable signed. Every signature is verified against a signing root computed on this side.
 * @throws DEMO_WENT_WRONG unless every answer was the right one
 */
export async function playAttempts(output: Output, signal: AbortSignal): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'vigil-demo-'));
  // One down, because the anchor of a data directory stands beside it.
  const dataDir = join(folder, 'data');
  const flags = ['--data-dir', dataDir, '--network', NETWORK];
  try {
    await mkdir(dataDir, { mode: 0o700 });
    output.note(`Making ${KEY_COUNT} validator keys in ${dataDir} ...`);
    const make = [
      'keys',
      'new',
      '--random',
      '--count',
      `${KEY_COUNT}`,
      '--kdf',
      'pbkdf2',
      '--json',
      ...flags,
    ];
    const { pubkeys } = JSON.parse(await runVerb(make, signal)) as { pubkeys: string[] };
    output.note('Starting the signer ...');
    const listen = ['--http-port', '0', '--metrics-port', '0', '--log-level', 'silent'];
    const signer = await Daemon.start({
      ...{ args: ['signer', ...flags, ...listen, ...TRUST], portsFile: join(dataDir, 'vigil.ports'), signal },
    });
    const results = await allKeysOpen(signer.url('http'), signal)
      .then(() => play(signer.url('http'), pubkeys, output, signal))
      .finally(() => signer.stop());
    const interchange = await runVerb(['slashing-db', 'export', ...flags], signal);
    report(output, results, interchange);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The keys were made a moment ago, so nothing is missing from their history. */
const TRUST = ['--on-missing-history', 'trust'];

async function play(
  url: string,
  pubkeys: readonly string[],
  output: Output,
  signal: AbortSignal,
): Promise<Result[]> {
  const spec = await loadChainSpec(NETWORK);
  const { parseSignRequest } = await import('../../../signer/messages/index.ts');
  const clock = new SlotClock(spec, Date.now);
  const steps = demoScript(spec, clock, pubkeys);
  output.note(`Playing ${steps.length} requests against ${url} ...\n`);
  const results: Result[] = [];
  for (const step of steps) {
    const { status, answer } = await sign(url, step, signal);
    const expectedRoot = (): Root =>
      parseSignRequest(step.body as JsonValue, { spec, clock }).message.signingRoot;
    results.push(judge(step, status, answer, expectedRoot));
  }
  return results;
}

async function sign(
  url: string,
  { pubkey, body }: Step,
  signal: AbortSignal,
): Promise<{ status: number; answer: Record<string, string> }> {
  const response = await fetch(`${url}/api/v1/eth2/sign/${pubkey}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'accept': 'application/json' },
    body: JSON.stringify(body),
    signal,
  });
  return { status: response.status, answer: (await response.json()) as Record<string, string> };
}

function judge(step: Step, status: number, answer: Record<string, string>, signingRoot: () => Root): Result {
  const { asked, expected } = step;
  const { signature, code, message } = answer;
  if (signature === undefined) {
    const why = message ?? 'no reason given';
    return {
      asked,
      expected,
      answered: `${status} ${code ?? ''}`,
      why,
      right: `${status} ${code ?? ''}` === expected,
    };
  }
  const valid = isValid(step.pubkey, signingRoot(), signature);
  const why = valid ? step.note : 'the signature does not verify';
  return {
    asked,
    expected,
    answered: `${status} signed`,
    why,
    right: valid && expected === `${status} signed`,
  };
}

function isValid(pubkey: string, signingRoot: Root, signature: string): boolean {
  const publicKey = PublicKey.fromBytes(bytesOf(parsePubkey(pubkey, 'pubkey')));
  return verify(bytesOf(signingRoot), publicKey, Signature.fromBytes(fromHex(signature, 'signature', 96)));
}

function report(output: Output, results: readonly Result[], interchange: string): void {
  const wrong = results.filter((result) => !result.right).length;
  const rows = results.map(({ asked, answered, why, right }) => [
    right ? 'ok' : 'WRONG',
    asked,
    answered,
    why,
  ]);
  output.result({ results, interchange: JSON.parse(interchange) as unknown }, [
    ...formatTable(['', 'asked', 'answered', 'why'], rows),
    '',
    'Interchange file of the slashing database (EIP-3076):',
    interchange.trimEnd(),
    '',
    `${results.length - wrong} outcomes right, ${wrong} wrong`,
  ]);
  if (wrong > 0)
    throw cliError('DEMO_WENT_WRONG', `${wrong} of ${results.length} outcomes were not the right ones`);
}
