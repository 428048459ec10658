import type { Pubkey, Root } from '../../core/units.ts';
import type { Watermarks } from '../watermark.ts';

/** The format version of EIP-3076 that is read and written. A JSON string, not a number. */
export const INTERCHANGE_FORMAT_VERSION = '5';

/**
 * An EIP-3076 document, one line per key, in chunks. Each key carries its watermarks as at most one block and one
 * attestation: the highest source with the highest target, synthetic where they come from different messages. An
 * importer that only takes the minima of a file is as safe with it as one that takes the maxima. Roots that are not
 * known are left out, never written as zeros.
 */
export function* writeInterchange(
  genesisValidatorsRoot: Root,
  keys: readonly ({ readonly pubkey: Pubkey } & Watermarks)[],
): Iterable<string> {
  const metadata = {
    interchange_format_version: INTERCHANGE_FORMAT_VERSION,
    genesis_validators_root: genesisValidatorsRoot,
  };
  yield `{"metadata":${JSON.stringify(metadata)},"data":[`;
  let separator = '\n';
  for (const key of keys) {
    yield separator + JSON.stringify(interchangeEntry(key));
    separator = ',\n';
  }
  yield ']}\n';
}

function interchangeEntry({ pubkey, block, attestation }: { readonly pubkey: Pubkey } & Watermarks) {
  return {
    pubkey,
    signed_blocks: block === null ? [] : [{ slot: block.slot.toString(), ...root(block.signingRoot) }],
    signed_attestations:
      attestation === null
        ? []
        : [
            {
              source_epoch: attestation.source.toString(),
              target_epoch: attestation.target.toString(),
              ...root(attestation.signingRoot),
            },
          ],
  };
}

const root = (signingRoot: Root | null) => (signingRoot === null ? {} : { signing_root: signingRoot });
