import { errorFactory } from './errors.ts';

/** Errors of `core/`: wire formats, chain specification, configuration. */
export const CORE_ERRORS = {
  BAD_INTEGER: {
    summary: 'a value is not an unsigned 64-bit integer in decimal',
    hint: 'Send it as a JSON string of decimal digits without sign, space or leading zero, at most 18446744073709551615.',
  },
  BAD_HEX: {
    summary: 'a value is not hex of the expected length',
    hint: 'Send 0x followed by exactly the expected number of hex digits.',
  },
  BAD_JSON: {
    summary: 'the text is not strict JSON',
    hint: 'Send one JSON value in UTF-8: no byte-order mark, no duplicate keys, no trailing text.',
  },
  CHAIN_SPEC_INVALID: {
    summary: 'the network configuration cannot be used',
    hint: 'Check the named key in the config.yaml, or use a built-in network name.',
    exit: 2,
  },
  CHAIN_SPEC_INCOMPLETE: {
    summary: 'the network has no genesis values',
    hint: 'Give --genesis-validators-root and --genesis-time, or --beacon-node to read them from a node of that network.',
    exit: 2,
  },
  NETWORK_UNKNOWN: {
    summary: 'no such network',
    hint: 'Use mainnet, sepolia, hoodi, ephemery, gnosis or chiado, or the path of a consensus-specs config.yaml.',
    exit: 2,
  },
  PRESET_CONFLICT: {
    summary: 'this process already works with another preset',
    hint: 'One process serves one network. Start another process for the other network.',
  },
  CONFIG_INVALID: {
    summary: 'a setting cannot be used',
    hint: 'Mend the named key; `vigil config check` prints the resolved configuration.',
    exit: 2,
  },
} as const;

export const coreError = errorFactory(CORE_ERRORS);
