import { parsePubkey, type Pubkey } from '../../core/units.ts';

const IDENTIFIER = /^(?:0x)?([0-9a-f]{96})$/i;

/** The pubkey in a URL: with or without `0x`, in any letter case. Null when it is not one. */
export function parseIdentifier(text: string): Pubkey | null {
  const digits = IDENTIFIER.exec(text)?.[1];
  return digits === undefined ? null : parsePubkey(`0x${digits}`, 'identifier');
}
