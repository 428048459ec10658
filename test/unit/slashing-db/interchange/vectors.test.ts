import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runTestCase } from '../../../interchange/run-test-case.ts';
import { parseTestCase, type TestCase } from '../../../interchange/test-case.ts';
import { openOverAny } from '../../../support/any-storage.ts';
import { SlashingOracle } from '../../../support/slashing-oracle.ts';
import { tempDirectory } from '../../../support/temp-guard.ts';
import type { KeyEntry } from '../../../support/interchange-text.ts';

const VECTORS = join(import.meta.dirname, '../../../interchange/vectors');
const RUNNER = join(import.meta.dirname, '../../../interchange/run-suite.ts');
const files = readdirSync(VECTORS).filter((name) => name.endsWith('.json'));
const load = (name: string) => parseTestCase(readFileSync(join(VECTORS, name), 'utf8'));

describe('interchange vectors', () => {
  it('are all there', () => {
    expect(files.length).toBeGreaterThanOrEqual(40);
  });

  it.each(files)('%s', async (name) => {
    expect(await runTestCase(load(name), openOverAny)).toBeNull();
  });

  it.each(files)('%s expects nothing slashable', (name) => {
    expect(offencesExpectedBy(load(name))).toEqual([]);
  });
});

describe('the suite runner', () => {
  const run = (directory: string) => {
    const { status, stdout } = spawnSync(process.execPath, [RUNNER, directory], { encoding: 'utf8' });
    return { status, lines: stdout.trimEnd().split('\n') };
  };
  const smallest = readFileSync(join(VECTORS, 'genesis.json'), 'utf8');

  it('fails when there is no test file', () => {
    expect(run(tempDirectory())).toEqual({ status: 1, lines: ['0 passed, 0 failed'] });
    expect(run('/nowhere/at/all')).toEqual({ status: 1, lines: ['0 passed, 0 failed'] });
  });

  it('counts a malformed file as failed and a wrong expectation with its place', () => {
    const directory = tempDirectory();
    writeFileSync(join(directory, 'a-good.json'), smallest);
    writeFileSync(join(directory, 'b-broken.json'), '{"name":"x","steps":[]}');
    writeFileSync(join(directory, 'c-wrong.json'), smallest.replace('true', 'false'));
    const { status, lines } = run(directory);
    expect(status).toBe(1);
    expect(lines[0]).toBe('ok a-good.json');
    expect(lines[1]).toMatch(/^FAIL b-broken\.json: not a usable test file: .*genesis_validators_root/);
    expect(lines[2]).toBe('FAIL c-wrong.json: step 0, import, expected refused, got accepted');
    expect(lines[3]).toBe('1 passed, 2 failed');
  });

  it.each([
    ['signs too much', 'true', 'false', 'expected refused, got signed'],
    ['signs too little', 'false', 'true', 'expected signed, got refused'],
  ])('reports a guard that %s', (_what, from, to, message) => {
    const directory = tempDirectory();
    const column = `"should_succeed": ${from},\n          "should_succeed_complete": ${from}`;
    expect(smallest).toContain(column);
    writeFileSync(join(directory, 'x.json'), smallest.replace(column, column.replaceAll(from, to)));
    const { status, lines } = run(directory);
    expect(status).toBe(1);
    expect(lines[0]).toContain(message);
  });

  it('refuses a signature that only the complete column forbids', async () => {
    const testCase = load('genesis.json');
    const check = testCase.steps[0]!.blocks.find(({ should_succeed }) => should_succeed)!;
    check.should_succeed_complete = false;
    expect(await runTestCase(testCase)).toMatchObject({ expected: 'refused', got: 'signed' });
  });
});

/** Plays the expectations of a file against the oracle alone. */
function offencesExpectedBy({ steps }: TestCase): string[] {
  const oracle = new SlashingOracle();
  const offences: (string | null)[] = [];
  for (const step of steps) {
    const entries = step.should_succeed ? (step.interchange as { data: KeyEntry[] }).data : [];
    for (const entry of entries) {
      const { votes, proposals } = oracle.historyOf(entry.pubkey);
      for (const b of entry.signed_blocks)
        proposals.push({ slot: BigInt(b.slot), root: b.signing_root ?? null });
      for (const a of entry.signed_attestations) votes.push(voteOf(a));
    }
    for (const check of step.blocks.filter(({ should_succeed }) => should_succeed)) {
      const proposal = { slot: BigInt(check.slot), root: check.signing_root ?? null };
      offences.push(oracle.offenceOfProposal(check.pubkey, proposal));
      oracle.historyOf(check.pubkey).proposals.push(proposal);
    }
    for (const check of step.attestations.filter(({ should_succeed }) => should_succeed)) {
      offences.push(oracle.offenceOfVote(check.pubkey, voteOf(check)));
      oracle.historyOf(check.pubkey).votes.push(voteOf(check));
    }
  }
  return offences.filter((offence) => offence !== null);
}

const voteOf = (entry: {
  source_epoch: string;
  target_epoch: string;
  signing_root?: string | undefined;
}) => ({
  source: BigInt(entry.source_epoch),
  target: BigInt(entry.target_epoch),
  root: entry.signing_root ?? null,
});
