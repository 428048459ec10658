import { periodSlots } from './ledger-days.ts';
import type { Checkpoint, Duties, LedgerChain } from './ledger-port.ts';
import { decodeDuties, matching, objectWith, unsigned } from './row-json.ts';

const ROOT = /^0x[0-9a-f]{64}$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const CURRENCY = /^[A-Z]{3}$/;
const PRICE = /^(0|[1-9]\d*)(\.\d{1,18})?$/;

const LEDGER_DAY = /^epochs:[1-9]\d{0,8}$/;
const MS_PER_DAY = 86_400_000n;
const HEADER = ['version', 'network', 'chainId', 'genesisTimeSeconds', 'slotDurationMs', 'slotsPerEpoch'];

/** What stands before the rows of a ledger file. Throws plain errors; the reader adds the line. */
export class LedgerPreamble {
  readonly chain: LedgerChain;
  readonly checkpoints = new Map<bigint, Checkpoint>();
  readonly networkDays = new Map<string, Duties>();
  readonly prices = new Map<string, string>();

  constructor(kind: string, value: unknown) {
    if (kind !== 'vigil-ledger') throw new Error('the first line must be {"vigil-ledger": …}');
    // Version 2 says what a day is; in version 1 it is a UTC day.
    const second = (value as { version?: unknown } | null)?.version === '2';
    const header = objectWith(value, second ? [...HEADER, 'ledgerDay'] : HEADER, 'the header');
    if (!second && header['version'] !== '1') throw new Error('this version of the format is not known');
    this.chain = {
      network: matching(header['network'], /^[a-z0-9-]{1,64}$/, 'network'),
      chainId: unsigned(header['chainId'], 'chainId'),
      genesisTimeSeconds: unsigned(header['genesisTimeSeconds'], 'genesisTimeSeconds'),
      slotDurationMs: atLeastOne(unsigned(header['slotDurationMs'], 'slotDurationMs'), 'slotDurationMs'),
      slotsPerEpoch: atLeastOne(unsigned(header['slotsPerEpoch'], 'slotsPerEpoch'), 'slotsPerEpoch'),
      ...(second ? { ledgerDay: matching(header['ledgerDay'], LEDGER_DAY, 'ledgerDay') } : {}),
    };
    const slots = periodSlots(this.chain);
    if (slots !== null && slots * this.chain.slotDurationMs < MS_PER_DAY)
      throw new Error('ledgerDay is shorter than a day, so that two would have one name');
  }

  add(kind: string, value: unknown): void {
    switch (kind) {
      case 'checkpoint':
        return this.#checkpoint(value);
      case 'network-day':
        return this.#networkDay(value);
      case 'price':
        return this.#price(value);
      default:
        throw new Error(`a line "${kind.slice(0, 64)}" is not known`);
    }
  }

  #checkpoint(value: unknown): void {
    const facts = objectWith(value, ['slot', 'blockRoot', 'stateRoot', 'executionBlock'], 'checkpoint');
    const slot = unsigned(facts['slot'], 'slot');
    once(this.checkpoints, slot, {
      slot,
      blockRoot: matching(facts['blockRoot'], ROOT, 'blockRoot'),
      stateRoot: matching(facts['stateRoot'], ROOT, 'stateRoot'),
      executionBlock: unsigned(facts['executionBlock'], 'executionBlock'),
    });
  }

  #networkDay(value: unknown): void {
    const facts = objectWith(value, ['day', 'duties'], 'network-day');
    once(this.networkDays, matching(facts['day'], DAY, 'day'), decodeDuties(facts['duties']));
  }

  #price(value: unknown): void {
    const facts = objectWith(value, ['day', 'currency', 'price'], 'price');
    const day = matching(facts['day'], DAY, 'day');
    const currency = matching(facts['currency'], CURRENCY, 'currency');
    once(this.prices, `${currency} ${day}`, matching(facts['price'], PRICE, 'price'));
  }
}

function once<K, V>(map: Map<K, V>, key: K, value: V): void {
  if (map.has(key)) throw new Error('this fact is there twice');
  map.set(key, value);
}

function atLeastOne(value: bigint, field: string): bigint {
  if (value === 0n) throw new Error(`${field} must not be zero`);
  return value;
}
