import { mutantsOf, type Mutant } from './mutant.ts';

export const MUTANTS_OF_GUARD: readonly Mutant[] = [
  ...mutantsOf(
    'slashing-db/key-ledger.ts',
    [
      'signed blocks are not recorded in memory',
      'this.#entries.set(pubkey, { ...entry, block: watermark });',
      '',
    ],
    [
      'signed votes are not recorded in memory',
      'this.#entries.set(pubkey, { ...entry, attestation: watermark, signedTarget: watermark.target });',
      '',
    ],
    [
      'import replaces block watermarks',
      'mergeBlock(entry.block, imported.block)',
      '(imported.block ?? entry.block)',
    ],
    [
      'import replaces attestation watermarks',
      'mergeAttestation(entry.attestation, imported.attestation)',
      '(imported.attestation ?? entry.attestation)',
    ],
    ['import forgets to raise memory', 'this.#entries.set(pubkey, { ...entry, block, attestation });', ''],
    [
      'stored watermarks are not loaded',
      'of stored) this.#entries.set(pubkey, entry);',
      'of stored) void [pubkey, entry];',
    ],
    [
      'a changed state drops the watermarks',
      '{ ...KeyLedger.BLANK, ...entry, state }',
      '{ ...KeyLedger.BLANK, state }',
    ],
  ),
  ...mutantsOf(
    'slashing-db/slashing-guard.ts',
    [
      'a repeat does not wait for durability',
      'const durable = this.#writer.barrier();',
      'const durable = Promise.resolve();',
    ],
    ['a signature is released before its commit', 'await durable;', 'void durable.catch(() => undefined);'],
    [
      'a block is signed without appending its record',
      'this.#ledger.advanceBlock(pubkey, judgement.entry, judgement.next);\n        return this.#writer.append(...this.#clock.advance(), advance, record);',
      'this.#ledger.advanceBlock(pubkey, judgement.entry, judgement.next);\n        return this.#writer.append(...this.#clock.advance(), ...[advance].slice(1), record);',
    ],
    ['poison is forgotten', "this.#unavailable = refuse('GUARD_UNAVAILABLE');", ''],
    [
      'a failed guard still reserves',
      'if (this.#unavailable !== null) return this.#unavailable;\n    const judgement',
      'const judgement',
    ],
    [
      'a floor that is owed is never put down',
      'const due = floors.settle(pubkey);',
      'const due: StorageRecord[] = [];',
    ],
  ),
  ...mutantsOf(
    'slashing-db/key-admission.ts',
    [
      'the tombstone is ignored at start',
      "if (before?.state === 'deleted' && !readmit) return 'deleted';",
      '',
    ],
    [
      'a deletion is not written',
      "changes.length === 0 ? [] : [...changes, this.#act('delete-key', by, pubkey)]",
      "changes.length === 0 ? [] : [this.#act('delete-key', by, pubkey)]",
    ],
    ['a deletion does not wait for signatures under way', 'await underWay.settled(pubkeys);', ''],
    [
      'a floor is put down while the clock is in doubt',
      'const trusted = clock.floorDoubt === null;',
      'const trusted = true;',
    ],
    [
      'a deleted key comes back while the clock is in doubt',
      "if (missing !== null && !trusted && before?.state === 'deleted')",
      'if (missing !== null && !trusted && Boolean(0))',
    ],
  ),
  ...mutantsOf(
    'slashing-db/judge-message.ts',
    ['a deleted key signs', "if (entry.state === 'deleted') return refuse('KEY_DELETED');", ''],
    [
      'a key signs without being admitted',
      "entry === undefined || entry.state === 'known'",
      'entry === undefined',
    ],
    [
      'missing history is not refused',
      "onMissingHistory === 'refuse' &&",
      "onMissingHistory === 'refuse' && doubt !== null &&",
    ],
    ['a doubtful clock is trusted', "if (doubt !== null) return refuse('CLOCK_UNTRUSTED', doubt);", ''],
    [
      'no clock check at all',
      'return checkTime(spec, clock.slot, toleranceSlots, message);',
      'void checkTime;\n    return null;',
    ],
    ['a silenced key signs', "if (silence !== null) return refuse('DOPPELGANGER_WATCH', silence);", ''],
  ),
  ...mutantsOf(
    'slashing-db/interchange-acts.ts',
    [
      'an import is written key by key',
      "await writer.append(...records.flat(), { kind: 'decision', decision });",
      'for (const ofKey of records) await writer.append(...ofKey);',
    ],
    ['an import stays in memory', 'append(...records.flat(), {', 'append({'],
    [
      'deleted keys are left out of the export',
      'ledger.get(pubkey) !== undefined)\n      .map',
      "ledger.get(pubkey)?.state === 'active')\n      .map",
    ],
  ),
  ...mutantsOf(
    'slashing-db/commit/batch-writer.ts',
    ['a failed writer goes on', 'this.#failure = error;', ''],
    ['records behind a failed commit wait for ever', 'this.#open?.committed.reject(error);', ''],
    ['a failed batch is acknowledged', 'batch.committed.reject(error);', 'batch.committed.resolve();'],
    [
      'a repeat waits for the wrong batch',
      "typeof this.#open?.urgentSince === 'number' ? this.#open : this.#inFlight",
      'this.#inFlight',
    ],
    [
      'a record is acknowledged by the commit of an earlier batch',
      'return batch.committed.promise;',
      'return (this.#inFlight ?? batch).committed.promise;',
    ],
    [
      'requests of one turn do not share a commit',
      'setImmediate(() => void this.#drain())',
      'void Promise.resolve().then(() => this.#drain())',
    ],
  ),
  ...mutantsOf(
    'slashing-db/floor-keeper.ts',
    [
      'a readmitted key is not floored',
      "before?.state === 'deleted'",
      'before?.state === undefined && before !== undefined',
    ],
    [
      'a readmitted key is not floored where missing history is refused',
      "onMissingHistory === 'trust' ? null",
      "onMissingHistory !== 'floor' ? null",
    ],
    ['a readmitted key is floored without the tolerance', 'ahead: toleranceSlots', 'ahead: 0n'],
    ['a blank key is not floored', "if (onMissingHistory !== 'floor') return null;", 'return null;'],
    ['a key with history is floored', 'block: (before?.block ?? null) === null,', 'block: true,'],
    [
      'the missing half of a history is not floored',
      'halves.block || halves.attestation ? halves',
      'halves.block && halves.attestation ? halves',
    ],
  ),
  ...mutantsOf(
    'slashing-db/floor.ts',
    ['the floor leaves the source at zero', 'target === 0n ? 0n : target - 1n', '0n'],
    [
      'the floor allows the current target',
      'attestation: { source, target, signingRoot',
      'attestation: { source, target: source, signingRoot',
    ],
    ['the floor allows the current slot', 'block: { slot: now,', 'block: { slot: (now - 1n) as Slot,'],
  ),
];
