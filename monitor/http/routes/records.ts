import { object, oneOfWords, ref } from '../../../core/openapi/schema.ts';
import { VALIDATOR_EVENT_KINDS } from '../../model/validator-event.ts';
import { endpoint } from '../endpoint.ts';
import { INDEX, orNull, pageOfRows, UINT, WORD } from '../openapi/schemas.ts';
import { pageOf, rangeOf, scopeOf } from '../query/asked-for.ts';
import {
  cursor,
  fromEpoch,
  fromSlot,
  group,
  limit,
  order,
  toEpoch,
  toSlot,
  validators,
  word,
  words,
} from '../query/parameters.ts';

const LIST = { group, validators, order, limit, cursor };
const CONFIDENCES = ['exact', 'probable', 'unresolved'] as const;

export const EVENTS = endpoint({
  path: '/events',
  id: 'listEvents',
  summary: 'What happened to validators besides their duties, final',
  query: {
    kind: words('Only events of this kind.', ...VALIDATOR_EVENT_KINDS),
    ...{ fromEpoch, toEpoch },
    ...LIST,
  },
  answer: pageOfRows(
    object({
      validatorIndex: INDEX,
      epoch: UINT,
      slot: UINT,
      kind: ref('EventKind'),
      amountGwei: orNull(UINT),
      before: orNull(WORD),
      after: orNull(WORD),
    }),
  ),
  answerTo(view, query) {
    const range = rangeOf('Epoch', query.fromEpoch, query.toEpoch);
    const scope = scopeOf(query, view);
    const kinds = query.kind === undefined ? {} : { kinds: query.kind };
    return view.store.query.events(range, { ...scope, ...kinds }, pageOf(query));
  },
});

export const PAYMENTS = endpoint({
  path: '/payments',
  id: 'listPayments',
  summary: 'What blocks paid on the execution layer, and how that is known',
  query: {
    confidence: word('Only payments that are known so well.', ...CONFIDENCES),
    ...{ fromSlot, toSlot },
    ...LIST,
  },
  answer: pageOfRows(
    object({
      validatorIndex: INDEX,
      slot: UINT,
      amountWei: UINT,
      kind: oneOfWords('vanilla', 'mev'),
      method: oneOfWords('receipts', 'last-transaction', 'relay', 'balance-delta', 'none'),
      confidence: oneOfWords(...CONFIDENCES),
      feeRecipient: ref('Address'),
    }),
  ),
  answerTo(view, query) {
    const range = rangeOf('Slot', query.fromSlot, query.toSlot);
    const scope = scopeOf(query, view);
    const { confidence } = query;
    const only = confidence === undefined ? {} : { confidence };
    return view.store.query.payments(range, { ...scope, ...only }, pageOf(query));
  },
});

export const FOREIGN = endpoint({
  path: '/foreign-messages',
  id: 'listForeignMessages',
  summary: 'Messages on chain that are signed by our keys and that our signer did not sign',
  description:
    'Evidence, kept for ever. `onChain` and `ours` are JSON texts in the words of the Beacon API; `ours` is null when the signer signed nothing for that duty. `action` is what was done about it.',
  query: { fromSlot, toSlot, ...LIST },
  answer: pageOfRows(
    object({
      pubkey: ref('Pubkey'),
      validatorIndex: INDEX,
      kind: oneOfWords('attestation', 'block'),
      slot: UINT,
      signingRoot: ref('Root'),
      onChain: WORD,
      ours: orNull(WORD),
      seenAtMs: UINT,
      action: WORD,
    }),
  ),
  answerTo(view, query) {
    const range = rangeOf('Slot', query.fromSlot, query.toSlot);
    return view.store.query.foreign(range, scopeOf(query, view), pageOf(query));
  },
});
