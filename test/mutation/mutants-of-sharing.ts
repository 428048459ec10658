import { mutantsOf, ofFiles, type Mutant } from './mutant.ts';

const SHARED = 'slashing-db/shared';

/** Bugs in the guard whose database others use too: in what it believes, in its batches, its acts and its return. */
export const MUTANTS_OF_SHARING: readonly Mutant[] = [
  ...mutantsOf(
    `${SHARED}/signing-queue.ts`,
    [
      'two roots of a vote go into one batch',
      '    there.target === message.target &&\n    isSameKnownRoot(there.signingRoot, message.signingRoot)',
      '    there.target === message.target',
    ],
    [
      'two roots of a slot go into one batch',
      ' && isSameKnownRoot(there.signingRoot, message.signingRoot);\n  }',
      ';\n  }',
    ],
    [
      'what is refused by memory is asked of the database all the same',
      "if (judgement.kind === 'refused') {",
      "if (judgement.kind === 'refused' && Boolean(0)) {",
    ],
    [
      'a root that says nothing is claimed',
      'const signingRoot = knownRoot(message.signingRoot);',
      'const { signingRoot } = message;',
    ],
  ),
  ...mutantsOf(
    `${SHARED}/batch-queue.ts`,
    [
      'signatures leave before the database has answered',
      'const result = await this.#modules.storage.sign',
      'for (const { settle } of taken) settle(null);\n          const result = await this.#modules.storage.sign',
    ],
    ['a signer that signs nothing leaves a slot', 'claims.length === 0 || slot >', 'slot >'],
    ['what stood in the way is not believed', 'this.#modules.memory.adoptKeys(result.keys);', ''],
    [
      'acts elsewhere are not looked for when a batch is refused for them',
      'if (result.stale) await this.#modules.look();',
      '',
    ],
    [
      'records that nobody waits for are lost with a conflict',
      "this.settle(result.kind === 'committed');",
      'this.settle(true);',
    ],
    [
      'records of a lost commit are lost with it',
      'if (!committed) this.#idle.unshift(...this.#unsettled);',
      '',
    ],
    [
      'records of a lost commit that came through are written twice',
      'if (!committed) this.#idle',
      'this.#idle',
    ],
  ),
  ...mutantsOf(
    `${SHARED}/act-queue.ts`,
    ['an act is judged by what memory believed before', 'memory.adopt(present);\n', 'void present;\n'],
    ['a lost act stays in memory', 'this.#unsettled = memory.goBack(start.before);', 'this.#unsettled = [];'],
    [
      'a floor of a lost act is put down twice',
      'if (committed) this.#modules.memory.floorsPaid(this.#unsettled);',
      '',
    ],
    ['a floor of a lost act is never put down', 'if (committed) this.#modules', 'this.#modules'],
    ['the records of an act are not collected', 'this.#collected.records.push(...records);', 'void records;'],
    ['a lost act is told of as done', 'committed.reject(told);', 'committed.resolve();'],
  ),
  ...mutantsOf(
    `${SHARED}/memory.ts`,
    [
      'the votes of a commit are not believed',
      'attestation !== null && attestation.target >',
      'attestation !== null && Boolean(0) && attestation.target >',
    ],
    [
      'the blocks of a commit are not believed',
      'block !== null && block.slot >',
      'block !== null && Boolean(0) && block.slot >',
    ],
    [
      'a signer forgets the slots that it signs in',
      'if (slot > clock.recordedSlot) clock.adopt(slot);',
      'void [slot, clock];',
    ],
    [
      'freezes and hand-overs of others are not believed',
      'this.#modules.controls.adopt(state.controls, state.protection);',
      '',
    ],
    [
      'one clock that is ahead stops all signers',
      'if (signer === ours) clock.adopt(slot);',
      'if (slot >= clock.recordedSlot) clock.adopt(slot);',
    ],
    ['slots of other signers are not known', 'clock.adoptElsewhere(elsewhere);', ''],
    ['keys of a lost act stay', 'ledger.restore(entries);', 'void entries;'],
    [
      'freezes of a lost act stay',
      'ours.restore(controls, protection);',
      'void [ours, controls, protection];',
    ],
    [
      'floors of a lost act are not owed again',
      'return floors.oweAgain(debts);',
      'void floors;\n    return [...debts.keys()].slice(0, 0);',
    ],
    ['lost blocks are not missed', '(known?.block?.slot ?? -1n) > (now?.block?.slot ?? -1n) ||', ''],
    [
      'lost targets are not missed',
      '(known?.attestation?.target ?? -1n) > (now?.attestation?.target ?? -1n) ||',
      '',
    ],
    [
      'lost sources are not missed',
      ' ||\n        (known?.attestation?.source ?? -1n) > (now?.attestation?.source ?? -1n)',
      '',
    ],
    ['lost keys are not missed', 'now === undefined || behind', 'behind'],
  ),
  ...mutantsOf(
    `${SHARED}/come-back.ts`,
    ['a database that knows less than before is gone on with', 'memory.assertNotBehind(found.state);', ''],
    [
      'who misses watermarks keeps it to himself',
      'throw await storage.freezeAll(error as Error);',
      'throw error;',
    ],
    ['what happened meanwhile is not believed', 'memory.adopt(found.state);', ''],
    ['a database that is away is given up at once', '!(cause instanceof DatabaseAway) && ', ''],
  ),
  ...mutantsOf(
    `${SHARED}/turns.ts`,
    ['nobody looks for acts elsewhere', 'performance.now() - this.#looked > LOOK_MS / 2', 'Boolean(0)'],
    [
      'acts that come without end keep signatures waiting',
      'if (!this.#batches.isEmpty && !this.#ended) await',
      'if (!this.#batches.isEmpty && !this.#ended && this.#acts.length === 0) await',
    ],
    [
      'requests are let in while the database is away',
      'this.#modules.onAvailable(refusal, `${refusal.detail}: ${why}`)',
      'void [refusal, why]',
    ],
  ),
  ...mutantsOf(
    `${SHARED}/shared-guard.ts`,
    ['a message that moves money is signed on memory`s word', ' && message.irrevocable !== true', ''],
    [
      'a floor that is owed is promised while another clock is ahead',
      'clock.floorDoubt === null ? FLOOR_DUE : refuse',
      'Boolean(1) ? FLOOR_DUE : refuse',
    ],
    ['signatures leave before their records, however many wait', ' && this.#turns.hasRoom', ''],
    [
      'a floor that is due in a shared database is not put down',
      'this.#floors.isDue(pubkey) && ',
      'Boolean(0) && ',
    ],
    [
      'what was read beside the turns is believed, however old',
      'this.#memory.raise(',
      'this.#memory.adoptKeys(',
    ],
    [
      'a look-up is answered from memory',
      'const ledger = new KeyLedger(now.keys);',
      'const ledger = this.#ledger;',
    ],
  ),
  ...mutantsOf(
    `${SHARED}/shared-operator.ts`,
    [
      'a hand-over does not lock its keys',
      'return this.#acting(pubkeys, () => this.#acts.handOver',
      'return this.#acting([], () => this.#acts.handOver',
    ],
    [
      'a freeze does not lock its keys',
      'return this.#acting(pubkeys, () => this.#acts.freeze',
      'return this.#acting([], () => this.#acts.freeze',
    ],
  ),
  ...mutantsOf(
    `${SHARED}/open-shared.ts`,
    [
      'two processes of one signer share a data directory',
      'const lock = takeSignerLock(place, options.path);',
      'const lock = { release: () => undefined };',
    ],
    [
      'anchors are no witnesses against a server',
      'judgeAnchors(evidence, anchors, place.instance)',
      'judgeAnchors(evidence, [], place.instance)',
    ],
  ),
  ...mutantsOf(
    `${SHARED}/judge-anchors.ts`,
    [
      'an anchor of another signer may be shared',
      'signer.isSource || signer.name === instance',
      'signer.isSource || Boolean(1)',
    ],
    ['an anchor of another signer is no witness', ' : !signer.isSource;', ' : signer.name === instance;'],
    [
      'a signer that is gone from its database is not missed',
      'signer === null ? server.hasLost(record.databaseId)',
      'signer === null ? Boolean(0)',
    ],
    [
      'a database of which the anchors know nothing is taken for theirs',
      'if (signer !== null && found === null) continue;',
      'continue;',
    ],
    [
      'a source that went on after it was copied may be left behind',
      'if (signer !== null && found === null) continue;',
      'if (signer !== null) continue;',
    ],
  ),
  ...mutantsOf(
    'slashing-db/freeze-reason.ts',
    [
      'who freezes all keys takes the trace of a rollback or a copy away',
      'parts(before).filter((part) => toldOf(part) !== null)',
      'parts(null)',
    ],
    [
      'clients are told where the database is that lost records',
      'parts(frozen).map((part) => toldOf(part) ?? part)',
      'parts(frozen)',
    ],
    [
      'a source is copied with the freeze of the copy before',
      'parts(frozen).filter((part) => !part.startsWith(COPIED))',
      'parts(frozen)',
    ],
  ),
  ...ofFiles(
    mutantsOf('slashing-db/copy-database.ts', [
      'a database is copied onto itself',
      '!to.shared && isSameFile(from.path, to.path)',
      '(void isSameFile, false)',
    ]),
  ),
];
