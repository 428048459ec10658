import { parseUint64 } from '../../core/uint64.ts';
import { parsePubkey, parseRoot } from '../../core/units.ts';

/** The containers of an EIP-3076 document, each with the fields or items it may hold. Nothing else is accepted. */
export type ShapeName =
  'document' | 'metadata' | 'data' | 'key' | 'blocks' | 'block' | 'attestations' | 'attestation';

export type Field =
  | { readonly kind: 'container'; readonly shape: ShapeName; readonly required: true }
  | { readonly kind: 'text'; readonly parse: (text: string) => unknown; readonly required: boolean };

export type Shape =
  | { readonly kind: 'object'; readonly fields: Readonly<Record<string, Field>> }
  | { readonly kind: 'array'; readonly items: ShapeName };

const container = (shape: ShapeName): Field => ({ kind: 'container', shape, required: true });
const text = (parse: (text: string) => unknown, required = true): Field => ({
  kind: 'text',
  parse,
  required,
});

/** Some tools write keys without `0x`, as keystores do. */
const withPrefix = (pubkey: string): string => (/^[0-9a-fA-F]{96}$/.test(pubkey) ? `0x${pubkey}` : pubkey);

// The reader puts the JSON path in front of what these throw, and only then: a path costs more than the check.
const uint64 = text((value) => parseUint64(value, ''));
const optionalRoot = text((value) => parseRoot(value, ''), false);

export const SHAPES: Readonly<Record<ShapeName, Shape>> = {
  document: { kind: 'object', fields: { metadata: container('metadata'), data: container('data') } },
  metadata: {
    kind: 'object',
    fields: {
      interchange_format_version: text((value) => value),
      genesis_validators_root: text((value) => parseRoot(value, '')),
    },
  },
  data: { kind: 'array', items: 'key' },
  key: {
    kind: 'object',
    fields: {
      pubkey: text((value) => parsePubkey(withPrefix(value), '')),
      signed_blocks: container('blocks'),
      signed_attestations: container('attestations'),
    },
  },
  blocks: { kind: 'array', items: 'block' },
  block: { kind: 'object', fields: { slot: uint64, signing_root: optionalRoot } },
  attestations: { kind: 'array', items: 'attestation' },
  attestation: {
    kind: 'object',
    fields: { source_epoch: uint64, target_epoch: uint64, signing_root: optionalRoot },
  },
};
