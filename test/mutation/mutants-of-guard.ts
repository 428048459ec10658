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
      'this.#entries.set(pubkey, { ...entry, attestation: watermark });',
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
    ['stored watermarks are not loaded', 'this.#entries.set(pubkey, entry);', 'void [pubkey, entry];'],
    [
      'a changed state drops the watermarks',
      '{ block: null, attestation: null, ...entry, state }',
      '{ block: null, attestation: null, state }',
    ],
  ),
  ...mutantsOf(
    'slashing-db/slashing-guard.ts',
    [
      'the repeat of a block does not wait for durability',
      `const verdict = checkBlock(entry.block, message);
        if (verdict.kind === 'refused') return verdict;
        if (verdict.kind === 'repeat') return { kind: 'reserved', durable: this.#writer.barrier() };`,
      `const verdict = checkBlock(entry.block, message);
        if (verdict.kind === 'refused') return verdict;
        if (verdict.kind === 'repeat') return { kind: 'reserved', durable: Promise.resolve() };`,
    ],
    [
      'the repeat of a vote does not wait for durability',
      `it all the same.
        if (verdict.kind === 'repeat') return { kind: 'reserved', durable: this.#writer.barrier() };`,
      `it all the same.
        if (verdict.kind === 'repeat') return { kind: 'reserved', durable: Promise.resolve() };`,
    ],
    ['a signature is released before its commit', 'await durable;', 'void durable.catch(() => undefined);'],
    [
      'a block is signed without appending its record',
      "return { kind: 'reserved', durable: this.#writer.append(record) };\n      }\n      case 'attestation'",
      "return { kind: 'reserved', durable: Promise.resolve(void record) };\n      }\n      case 'attestation'",
    ],
    ['poison is forgotten', "this.#unavailable = refuse('GUARD_UNAVAILABLE');", ''],
    ['a failed guard still reserves', 'if (this.#unavailable !== null) return this.#unavailable;', ''],
    [
      'the tombstone is ignored at start',
      "if (before?.state === 'deleted' && !readmit) return 'deleted';",
      '',
    ],
    ['a deleted key signs', "if (entry.state === 'deleted') return refuse('KEY_DELETED');", ''],
    [
      'a key signs without being admitted',
      "entry === undefined || entry.state === 'known'",
      'entry === undefined',
    ],
    [
      'a deletion is not written',
      "this.#ledger.setState(pubkey, 'deleted'));\n    if (records.length > 0) await this.#writer.append(...records);",
      "this.#ledger.setState(pubkey, 'deleted'));\n    void records;",
    ],
    [
      'a deletion does not wait for signatures under way',
      'await Promise.allSettled(known.flatMap((pubkey) => [...(this.#underWay.get(pubkey) ?? [])]));',
      '',
    ],
    [
      'a readmitted key is not floored',
      "if (before?.state === 'deleted') return onMissingHistory !== 'trust';",
      '',
    ],
    [
      'a readmitted key is not floored where missing history is refused',
      "return onMissingHistory !== 'trust';",
      "return onMissingHistory === 'floor';",
    ],
    [
      'a floor is put down while the clock is in doubt',
      'const trusted = this.#clockDoubt() === null;',
      'const trusted = true;',
    ],
    [
      'a floor that is owed is never put down',
      'if (!this.#floorOwed.delete(pubkey)) return entry;',
      'if (!this.#floorOwed.delete(pubkey) || true) return entry;',
    ],
    [
      'a deleted key comes back while the clock is in doubt',
      "if (owesFloor && !trusted && before?.state === 'deleted')",
      'if (owesFloor && !trusted && Boolean(0))',
    ],
    [
      'a blank key is not floored',
      "return onMissingHistory === 'floor' && block === null",
      'return false && block === null',
    ],
    [
      'a key with history is floored',
      "return onMissingHistory === 'floor' && block === null && attestation === null;",
      "return onMissingHistory === 'floor' && (block ?? attestation) !== undefined;",
    ],
    [
      'missing history is not refused',
      "onMissingHistory === 'refuse' &&",
      "onMissingHistory === 'refuse' && doubt !== null &&",
    ],
    ['a doubtful clock is trusted', "if (doubt !== null) return refuse('CLOCK_UNTRUSTED', doubt);", ''],
    [
      'no clock check at all',
      'return checkTime(spec, clock.currentSlot(), message);',
      'void checkTime;\n    return null;',
    ],
    [
      'an import is written key by key',
      'await this.#writer.append(...records.flat());',
      'for (const ofKey of records) await this.#writer.append(...ofKey);',
    ],
    ['an import stays in memory', 'await this.#writer.append(...records.flat());', ''],
    [
      'deleted keys are left out of the export',
      'this.#ledger.get(pubkey) !== undefined)\n      .map',
      "this.#ledger.get(pubkey)?.state === 'active')\n      .map",
    ],
  ),
  ...mutantsOf(
    'slashing-db/commit/batch-writer.ts',
    ['a failed writer goes on', 'this.#failure = error;', ''],
    ['records behind a failed commit wait for ever', 'this.#open?.committed.reject(error);', ''],
    ['a failed batch is acknowledged', 'batch.committed.reject(error);', 'batch.committed.resolve();'],
    [
      'a repeat waits for the wrong batch',
      '(this.#open ?? this.#inFlight)',
      '(this.#inFlight ?? this.#open)',
    ],
    [
      'a record is acknowledged by the commit of an earlier batch',
      'return this.#open.committed.promise;',
      'return (this.#inFlight ?? this.#open).committed.promise;',
    ],
    [
      'requests of one turn do not share a commit',
      'setImmediate(() => void this.#drain())',
      'void Promise.resolve().then(() => this.#drain())',
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
