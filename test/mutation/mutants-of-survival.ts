import { mutantsOf, ofFiles, type Mutant } from './mutant.ts';

/** Bugs in what outlives a restore, a hand-over or a bad clock. */
export const MUTANTS_OF_SURVIVAL: readonly Mutant[] = [
  ...mutantsOf(
    'slashing-db/boot-floor.ts',
    [
      'the boot floor forgets the tolerance',
      'const latest = slot(now + toleranceSlots);',
      'const latest = now;',
    ],
    ['the boot floor leaves the source at zero', 'target === 0n ? 0n : target - 1n', '0n'],
    ['the boot floor allows its slot', 'message.slot > floor.slot', 'message.slot >= floor.slot'],
    ['the boot floor allows its target', 'message.target <= floor.target', 'message.target < floor.target'],
    [
      'the boot floor ignores sources',
      'if (message.source >= source) return null;',
      'if (source >= 0n) return null;',
    ],
    [
      'the floor is left out of the export',
      '  if (floor === null) return key;\n',
      '  if (floor !== undefined) return key;\n',
    ],
  ),
  ...mutantsOf(
    'slashing-db/key-controls.ts',
    ['a frozen key signs', 'if (control.frozen !== null)', 'if (control.frozen !== null && Boolean(0))'],
    [
      'the freeze of all is ignored',
      'if (protection.frozen !== null)',
      'if (protection.frozen !== null && Boolean(0))',
    ],
    [
      'a key that was handed over signs its first epoch',
      'epoch >= control.outEpoch',
      'epoch > control.outEpoch',
    ],
    [
      'the ceiling does not bound the source',
      'message.source > highestSource(control.outEpoch)',
      'Boolean(0)',
    ],
  ),
  ...mutantsOf(
    'slashing-db/handover/takeover-floor.ts',
    [
      'the taker may vote from one source too low',
      'outEpoch > 2n ? outEpoch - 2n : 0n',
      'outEpoch > 3n ? outEpoch - 3n : 0n',
    ],
    [
      'the taker may vote for the epoch before',
      'epoch(outEpoch - 1n)',
      'epoch(outEpoch > 1n ? outEpoch - 2n : 0n)',
    ],
  ),
  ...mutantsOf(
    'slashing-db/operator-acts.ts',
    ['a key comes back at the epoch it left', 'outEpoch <= ceiling', 'outEpoch < ceiling'],
    [
      'a hand-over ignores the floor',
      'if (floor !== null) after.push',
      'if (floor !== null && Boolean(0)) after.push',
    ],
    ['a hand-over ignores the votes on record', 'target + 1n, source', '0n, source'],
    ['a hand-over ignores the blocks on record', 'epochOfSlot(spec, block.slot) + 1n', '0n'],
    [
      'a hand-over may be raised',
      'ceiling !== null && ceiling !== outEpoch',
      'ceiling !== null && outEpoch < ceiling',
    ],
    [
      'a hand-over may be lowered',
      'ceiling !== null && ceiling !== outEpoch',
      'ceiling !== null && ceiling < outEpoch',
    ],
    [
      'a receipt is written before the ceiling is durable',
      'await this.#record(\n      pubkeys.flatMap((pubkey) => [\n        controls.change(pubkey, { outEpoch }),',
      'void this.#record(\n      pubkeys.flatMap((pubkey) => [\n        controls.change(pubkey, { outEpoch }),',
    ],
    ['any key can be handed over', "if (state === 'active') return;", 'if (Boolean(1)) return;'],
    ['any epoch can be handed over at', 'if (epochWanted <= latest) return;', 'if (Boolean(1)) return;'],
    ['lost acts are forgotten', '...(lostActs\n        ?', '...(lostActs && Boolean(0)\n        ?'],
    ['a rollback is accepted by any clock', 'const owed = clock.floorDoubt;', 'const owed = null;'],
    ['a database takes its own receipt', 'receipt.databaseId === databaseId', 'Boolean(0)'],
    [
      'a receipt of another network is taken',
      'receipt.genesisValidatorsRoot !== spec.genesisValidatorsRoot',
      'Boolean(0)',
    ],
  ),
  ...mutantsOf(
    'slashing-db/anchor/judge-evidence.ts',
    [
      'a missing database is trusted',
      'if (database === null) return `${known}, and there is none`;',
      'if (database === null) return null;',
    ],
    ['another database is trusted', 'anchor.databaseId !== database.databaseId', 'Boolean(0)'],
    ['an older database is trusted', 'anchor.sequence > database.sequence ||', ''],
    ['a database opened less often is trusted', '|| anchor.generation > database.generation', ''],
    ['another past is trusted', 'ours !== null && ours !== hash', 'Boolean(0)'],
    ['a missing anchor is no doubt', "typeof first?.content === 'string'", 'Boolean(0)'],
    ['an anchor that lags is no doubt', 'first.content.sequence + gap < database.sequence', 'Boolean(0)'],
    [
      'lost watermarks are not seen',
      'if (behind !== undefined) {',
      'if (behind !== undefined && Boolean(0)) {',
    ],
    ['lost acts are not seen', 'lastAct > since', 'Boolean(0)'],
  ),
  ...ofFiles(
    mutantsOf(
      'slashing-db/anchor/judge-evidence.ts',
      ['a database of another machine is trusted', 'machineId !== host.machineId', 'Boolean(0)'],
      [
        'a machine that went down is no doubt',
        '!stoppedCleanly && (bootId === null || bootId !== host.bootId)',
        'Boolean(0)',
      ],
      ['a killed process is a doubt', '(bootId === null || bootId !== host.bootId)', 'Boolean(1)'],
    ),
  ),
  ...mutantsOf('slashing-db/open-storage.ts', [
    'an anchor may be anywhere',
    'assertAnchorPaths(path, options.anchors ?? []);',
    '',
  ]),
  ...mutantsOf('slashing-db/export-database.ts', [
    'an export leaves an owed floor out',
    'if (floorOwed !== null)',
    'if (Boolean(0))',
  ]),
  ...mutantsOf(
    'slashing-db/storage/sqlite/open-database.ts',
    ['a schema without its triggers is opened', 'assertSchema(db, path);', ''],
    ['lowered watermarks are opened', 'assertCovered(db, path);', ''],
  ),
  ...mutantsOf('slashing-db/floor-keeper.ts', [
    'overrides outlive their floor',
    '...controls.withdrawOverrides(),',
    '',
  ]),
  ...mutantsOf('slashing-db/interchange-acts.ts', [
    'the running signer exports without an owed floor',
    'if (floorOwed !== null)',
    'if (Boolean(0))',
  ]),
  ...mutantsOf('slashing-db/slashing-guard.ts', [
    'an exit leaves before its record',
    'message.irrevocable === true',
    'Boolean(0)',
  ]),
  ...mutantsOf('slashing-db/anchor/anchor-notes.ts', [
    'the anchor is not written with a commit',
    'if (records.some(isAct)) this.#lastAct = this.#mark.sequence;\n    this.#note();',
    'if (records.some(isAct)) this.#lastAct = this.#mark.sequence;',
  ]),
  ...mutantsOf(
    'slashing-db/storage/sqlite/sqlite-storage.ts',
    ['the debt of a floor is not written', '.run(floorOwed);', '.run(null);'],
    ['a stop in order is claimed at the start', 'writeHost(db, host, false);', 'writeHost(db, host, true);'],
  ),
  ...mutantsOf(
    'slashing-db/clock-guard.ts',
    ['a clock that runs backwards is trusted', 'now + this.#toleranceSlots < this.#latest', 'Boolean(0)'],
    [
      'floors are measured from a clock that is behind',
      '.reduce(later, this.slot)',
      '.reduce(() => this.slot, this.slot)',
    ],
  ),
  ...ofFiles(
    mutantsOf('slashing-db/clock-guard.ts', [
      'the latest slot is not kept',
      "return [{ kind: 'latest-slot', slot: now }];",
      'return [];',
    ]),
  ),
  ...mutantsOf(
    'slashing-db/resolve-rollback.ts',
    [
      'an old file resolves a rollback',
      'newest.slot >= remembered.slot && newest.target >= remembered.target',
      'Boolean(1)',
    ],
    [
      'what anchors remember does not raise the floor',
      'acceptHistory(highestRemembered(anchors), act, lostActs)',
      'acceptHistory(NOTHING_KNOWN, act, lostActs)',
    ],
  ),
  ...mutantsOf('slashing-db/history/hash-chain.ts', [
    'records are not chained',
    'sha256OfLink(previous.hash, record)',
    'sha256(record)',
  ]),
  ...mutantsOf(
    'slashing-db/history/verify-history.ts',
    ['gaps are not seen', 'record.index !== head.index + 1n', 'Boolean(0)'],
    ['changes are not seen', 'next.hash !== record.hash', 'Boolean(0)'],
    ['a cut end is not seen', 'if (head.index < end.index)', 'if (Boolean(0))'],
    ['a re-written chain is not seen', 'witness !== undefined && witness !== next.hash', 'Boolean(0)'],
    ['a cut beginning is not seen', 'remembered !== base.index', 'Boolean(0)'],
    ['anchors are no witnesses', 'if (ahead !== undefined)', 'if (ahead !== undefined && Boolean(0))'],
  ),
  ...mutantsOf('slashing-db/slashing-guard.ts', [
    'refusals leave no record',
    '        this.#writer.appendIdly(record);\n        return judgement;',
    '        return judgement;',
  ]),
];
