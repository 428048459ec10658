import { mutantsOf, type Mutant } from './mutant.ts';

const RULES = 'slashing-db/rules';

export const MUTANTS_OF_RULES: readonly Mutant[] = [
  ...mutantsOf(
    `${RULES}/check-attestation.ts`,
    [
      'no check of source <= target',
      "if (vote.source > vote.target) return refuse('SOURCE_AFTER_TARGET', described(vote));",
      '',
    ],
    [
      'no surround check',
      "if (couldSurround(watermark, vote)) return refuse('SURROUND_VOTE', both(watermark, vote));",
      '',
    ],
    [
      'no check of the target against the watermark',
      "if (couldBeSurrounded(watermark, vote)) return refuse('TARGET_NOT_ABOVE_WATERMARK', both(watermark, vote));",
      '',
    ],
    [
      'records the target of a vote but not its source',
      'source: vote.source,',
      'source: watermark?.source ?? vote.source,',
    ],
    [
      'records the source of a vote but not its target',
      'target: vote.target,',
      'target: watermark?.target ?? vote.target,',
    ],
    [
      'a zero root is remembered as a root',
      'signingRoot: knownRoot(vote.signingRoot),',
      'signingRoot: vote.signingRoot,',
    ],
    ['the last vote is never repeated', "if (isSameVote(watermark, vote)) return { kind: 'repeat' };", ''],
  ),
  ...mutantsOf(
    `${RULES}/surround-vote.ts`,
    ['surround check off by one', 'vote.source < watermark.source', 'vote.source < watermark.source - 1n'],
    [
      'surround check refuses an equal source',
      'vote.source < watermark.source',
      'vote.source <= watermark.source',
    ],
    ['< for <= on targets', 'vote.target <= watermark.target', 'vote.target < watermark.target'],
  ),
  ...mutantsOf(`${RULES}/double-vote.ts`, [
    'a double vote is not called one',
    'vote.target === watermark.target &&',
    'false &&',
  ]),
  ...mutantsOf(
    `${RULES}/same-vote.ts`,
    ['a repeat may have another source', 'vote.source === watermark.source &&', ''],
    ['a repeat may have another target', 'vote.target === watermark.target &&', ''],
    ['a repeat may have another root', 'isSameKnownRoot(vote.signingRoot, watermark.signingRoot)', 'true'],
  ),
  ...mutantsOf(
    `${RULES}/check-block.ts`,
    ['>= for > on slots', 'block.slot > watermark.slot', 'block.slot >= watermark.slot'],
    [
      'a second block for the slot counts as a repeat',
      'isSameKnownRoot(block.signingRoot, watermark.signingRoot)',
      'true',
    ],
    ['any older block is a repeat when the root matches', 'block.slot === watermark.slot &&', ''],
    [
      'an old block is let through',
      "return refuse('BLOCK_NOT_ABOVE_WATERMARK', asked);",
      "return { kind: 'advance', next };",
    ],
  ),
  ...mutantsOf(
    `${RULES}/known-root.ts`,
    [
      'a zero root equals a zero root',
      'return signingRoot === ZERO_ROOT ? null : signingRoot;',
      'return signingRoot;',
    ],
    [
      'a missing root equals a missing root',
      'known !== null && known === knownRoot(other)',
      'known === knownRoot(other)',
    ],
    [
      'a missing root equals any root',
      'known !== null && known === knownRoot(other)',
      'known === null || knownRoot(other) === null || known === knownRoot(other)',
    ],
  ),
  ...mutantsOf(
    `${RULES}/merge-watermarks.ts`,
    [
      'import never raises the slot',
      'theirs.slot > ours.slot',
      'theirs.slot < ours.slot && theirs.slot < 0n',
    ],
    [
      'import never raises the source',
      'theirs.source > ours.source ? theirs.source : ours.source',
      'ours.source',
    ],
    [
      'import never raises the target',
      'theirs.target > ours.target ? theirs.target : ours.target',
      'ours.target',
    ],
    [
      'import of a higher slot keeps the root of the file',
      '{ slot: theirs.slot, signingRoot: null }',
      'theirs',
    ],
    [
      'import keeps the root of a block the file contradicts',
      '{ slot: ours.slot, signingRoot: null }',
      'ours',
    ],
    [
      'import keeps the root of a vote that moved',
      '{ source, target, signingRoot: null }',
      '{ source, target, signingRoot: ours.signingRoot }',
    ],
    ['the first import keeps its roots', '{ ...watermark, signingRoot: null }', 'watermark'],
  ),
  ...mutantsOf(
    `${RULES}/check-time.ts`,
    ['no future check of blocks', 'if (message.slot <= latest) return null;', 'return null;'],
    [
      'no future check of votes',
      'if (message.target <= epochOfSlot(spec, latest)) return null;',
      'return null;',
    ],
    ['slots beyond 2^63 are let in', "if (message.slot > MAX_STORABLE) return refuse('OUT_OF_RANGE');", ''],
    [
      'epochs beyond 2^63 are let in',
      "if (message.target > MAX_STORABLE || message.source > MAX_STORABLE) return refuse('OUT_OF_RANGE');",
      '',
    ],
    [
      'what is of use before its time is signed',
      'earliest === undefined || earliest <= now + toleranceSlots',
      'earliest === undefined || earliest !== undefined',
    ],
    [
      'what is of use before its time is signed a slot too early',
      'earliest <= now + toleranceSlots',
      'earliest <= now + toleranceSlots + 1n',
    ],
  ),
];
