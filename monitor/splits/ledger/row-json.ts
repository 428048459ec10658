import {
  EXECUTION_CONFIDENCES,
  EXECUTION_KINDS,
  EXECUTION_METHODS,
  ROW_AMOUNTS,
  type DutyCount,
  type Duties,
  type ExecutionIncome,
  type LedgerRow,
} from './ledger-port.ts';

/**
 * A ledger row as JSON: integers as decimal strings, duties as [assigned, included]. Decoded by hand and not by a
 * schema, because a month of a large pool has hundreds of thousands of them. Every decoder throws a plain Error that
 * names the field; the reader adds where it is.
 */
const UNSIGNED = /^(0|[1-9]\d*)$/;
const SIGNED = /^(0|-?[1-9]\d*)$/;
const PUBKEY = /^0x[0-9a-f]{96}$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

type Json = Readonly<Record<string, unknown>>;

const ROW_FIELDS = [
  'validatorIndex',
  'pubkey',
  'tags',
  'day',
  'startSlot',
  'endSlot',
  'finalized',
  ...ROW_AMOUNTS,
  'duties',
  'execution',
];

export function decodeRow(value: unknown): LedgerRow {
  const row = objectWith(value, ROW_FIELDS, 'row');
  return {
    validatorIndex: unsigned(row['validatorIndex'], 'validatorIndex'),
    pubkey: matching(row['pubkey'], PUBKEY, 'pubkey'),
    tags: list(row['tags'], 'tags').map((tag) => matching(tag, /^[^|,\n]{1,64}$/, 'tags')),
    day: matching(row['day'], DAY, 'day'),
    startSlot: unsigned(row['startSlot'], 'startSlot'),
    endSlot: unsigned(row['endSlot'], 'endSlot'),
    finalized: boolean(row['finalized'], 'finalized'),
    attestationGwei: signed(row['attestationGwei'], 'attestationGwei'),
    syncGwei: signed(row['syncGwei'], 'syncGwei'),
    proposerGwei: signed(row['proposerGwei'], 'proposerGwei'),
    slashingGwei: signed(row['slashingGwei'], 'slashingGwei'),
    withdrawalsPartialGwei: unsigned(row['withdrawalsPartialGwei'], 'withdrawalsPartialGwei'),
    withdrawalsFullGwei: unsigned(row['withdrawalsFullGwei'], 'withdrawalsFullGwei'),
    depositsGwei: signed(row['depositsGwei'], 'depositsGwei'),
    consolidationGwei: signed(row['consolidationGwei'], 'consolidationGwei'),
    openingBalanceGwei: unsigned(row['openingBalanceGwei'], 'openingBalanceGwei'),
    closingBalanceGwei: unsigned(row['closingBalanceGwei'], 'closingBalanceGwei'),
    residualGwei: signed(row['residualGwei'], 'residualGwei'),
    effectiveBalanceGwei: unsigned(row['effectiveBalanceGwei'], 'effectiveBalanceGwei'),
    duties: decodeDuties(row['duties']),
    execution: list(row['execution'], 'execution').map(decodeExecution),
  };
}

export function decodeDuties(value: unknown): Duties {
  const duties = objectWith(value, ['attestations', 'proposals', 'sync'], 'duties');
  return {
    attestations: dutyCount(duties['attestations'], 'duties.attestations'),
    proposals: dutyCount(duties['proposals'], 'duties.proposals'),
    sync: dutyCount(duties['sync'], 'duties.sync'),
  };
}

function dutyCount(value: unknown, field: string): DutyCount {
  const pair = list(value, field);
  if (pair.length !== 2) throw new Error(`${field} must be [assigned, included]`);
  const [assigned, included] = [unsigned(pair[0], field), unsigned(pair[1], field)];
  if (included > assigned) throw new Error(`${field} has more included than assigned`);
  return { assigned, included };
}

function decodeExecution(value: unknown): ExecutionIncome {
  const income = objectWith(value, ['slot', 'amountWei', 'kind', 'method', 'confidence'], 'execution');
  return {
    slot: unsigned(income['slot'], 'execution.slot'),
    amountWei: unsigned(income['amountWei'], 'execution.amountWei'),
    kind: word(income['kind'], EXECUTION_KINDS, 'execution.kind'),
    method: word(income['method'], EXECUTION_METHODS, 'execution.method'),
    confidence: word(income['confidence'], EXECUTION_CONFIDENCES, 'execution.confidence'),
  };
}

/** A row as {@link decodeRow} reads it; for exports and tests. */
export function encodeRow(row: LedgerRow): Json {
  return {
    validatorIndex: row.validatorIndex.toString(),
    pubkey: row.pubkey,
    tags: row.tags,
    day: row.day,
    startSlot: row.startSlot.toString(),
    endSlot: row.endSlot.toString(),
    finalized: row.finalized,
    ...Object.fromEntries(ROW_AMOUNTS.map((name) => [name, row[name].toString()])),
    duties: encodeDuties(row.duties),
    execution: row.execution.map((income) => ({
      slot: income.slot.toString(),
      amountWei: income.amountWei.toString(),
      kind: income.kind,
      method: income.method,
      confidence: income.confidence,
    })),
  };
}

export function encodeDuties({ attestations, proposals, sync }: Duties): Json {
  const count = ({ assigned, included }: DutyCount) => [assigned.toString(), included.toString()];
  return { attestations: count(attestations), proposals: count(proposals), sync: count(sync) };
}

/** An object with these fields, all of them and no other. */
export function objectWith(value: unknown, fields: readonly string[], what: string): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(`${what} must be an object`);
  let known = 0;
  for (const field of fields) if (Object.hasOwn(value, field)) known += 1;
  if (known !== fields.length) {
    const missing = fields.find((field) => !Object.hasOwn(value, field)) ?? '';
    throw new Error(`${what} has no ${missing}`);
  }
  const names = Object.keys(value);
  if (names.length === known) return value as Json;
  throw new Error(
    `${what} has the unknown field ${names.find((name) => !fields.includes(name))?.slice(0, 64) ?? ''}`,
  );
}

export function unsigned(value: unknown, field: string): bigint {
  return BigInt(matching(value, UNSIGNED, field));
}

function signed(value: unknown, field: string): bigint {
  return BigInt(matching(value, SIGNED, field));
}

export function matching(value: unknown, pattern: RegExp, field: string): string {
  if (typeof value === 'string' && value.length <= 128 && pattern.test(value)) return value;
  throw new Error(`${field} is not as it must be`);
}

function boolean(value: unknown, field: string): boolean {
  if (typeof value === 'boolean') return value;
  throw new Error(`${field} must be true or false`);
}

function list(value: unknown, field: string): unknown[] {
  if (Array.isArray(value)) return value;
  throw new Error(`${field} must be a list`);
}

function word<W extends string>(value: unknown, words: readonly W[], field: string): W {
  const found = words.find((candidate) => candidate === value);
  if (found === undefined) throw new Error(`${field} must be one of ${words.join(', ')}`);
  return found;
}
