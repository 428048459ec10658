import { join, resolve } from 'node:path';
import { parsePubkey } from '../../core/units.ts';
import type { ValidatorId, WatchSource } from './watch-entry.ts';

/** A slip of the finger must not make a list of millions. */
const MOST_IN_RANGE = 1_000_000;
const MOST_INDEX = 2 ** 32 - 1;

const INDEX = /^(0|[1-9][0-9]{0,9})$/;
const RANGE = /^(0|[1-9][0-9]{0,9})-(0|[1-9][0-9]{0,9})$/;
const PUBKEY = /^(0x)?[0-9a-fA-F]{96}$/;
const ADDRESS = /^0x[0-9a-fA-F]{40}$/;

/** Says what is wrong; the caller knows where. */
export class NotAnId extends Error {}

/** @throws NotAnId */
export function parseId(text: string): ValidatorId {
  if (PUBKEY.test(text)) return parsePubkey(text.startsWith('0x') ? text : `0x${text}`, 'the pubkey');
  if (INDEX.test(text)) return index(text);
  throw new NotAnId(`"${shown(text)}" is neither a pubkey of 96 hex digits nor an index`);
}

/** An index or a range of them, both ends included. @throws NotAnId */
export function parseIndices(text: string): number[] {
  if (INDEX.test(text)) return [index(text)];
  const [, from, to] = RANGE.exec(text) ?? [];
  if (from === undefined || to === undefined) {
    throw new NotAnId(`"${shown(text)}" is neither an index nor a range such as 100-199`);
  }
  const [first, last] = [index(from), index(to)];
  if (last < first) throw new NotAnId(`the range ${text} ends before it starts`);
  if (last - first >= MOST_IN_RANGE)
    throw new NotAnId(`the range ${text} has more than ${MOST_IN_RANGE} indices`);
  return Array.from({ length: last - first + 1 }, (_, at) => first + at);
}

/** @throws NotAnId */
export function parseAddress(text: string): string {
  if (ADDRESS.test(text)) return text.toLowerCase();
  throw new NotAnId(`"${shown(text)}" is no withdrawal address of 0x and 40 hex digits`);
}

/**
 * `signer`: a URL, or the data directory of a signer on this machine, whose keystores say the same without it running.
 * @throws NotAnId
 */
export function parseSigner(text: string, folder: string, tokenFile: string | null = null): WatchSource {
  if (!/^[a-z]+:\/\//i.test(text)) return { kind: 'keystores', path: join(resolve(folder, text), 'keys') };
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new NotAnId('a signer has an http:// or https:// URL');
  return { kind: 'signer', url: text, tokenFile };
}

function index(text: string): number {
  const value = Number(text);
  if (value > MOST_INDEX) throw new NotAnId(`no validator has index ${text}`);
  return value;
}

const shown = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}…` : text);
