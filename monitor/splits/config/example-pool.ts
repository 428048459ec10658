import type { PresetName } from './pool.ts';

const OWNER = '0x5B38Da6a701c568545dCfcB03FcB875f56beddC4';
const OPERATOR = '0xAb8483F64d9C6d1EcF9b849Ae677dD3315835cb2';
const TREASURY = '0x4B20993Bc481177ec7E8f571ceCaE8A9e22C02db';

const HEAD = `# A pool of Vigil's reward splits. Every key that is not needed may be left out; an unknown key is an error.
# \`vigil rewards check --config pool.yaml\` says in words what this file means.
# Amounts are in ETH, exact to 18 decimals. Times are UTC dates (2026-10-01), times (2026-10-01T12:00:00Z) or epoch:N.
version: 1
pool:
  name: Example pool
  network: mainnet
`;

const PARTICIPANTS = (stake: boolean, unit: 'eth' | 'units' = 'eth') => `
participants:
  # Ids are names of files and of accounts: they are never given to somebody else.
  - id: alice
    name: Alice
    address: "${OWNER}"
    type: staker                # staker, operator or treasury; for readers only
${
  stake
    ? unit === 'eth'
      ? `    stake:                      # each line replaces the one before from its time on
      - {eth: 64}
      - {from: 2026-10-15, eth: 96}
`
      : `    stake:
      - {units: 60}
`
    : ''
}    # minimum-payout: 0.05      # instead of the pool's
  - id: node-one
    name: Node One
    address: "${OPERATOR}"
    type: operator
${stake ? `    stake:\n      - {${unit}: ${unit === 'eth' ? '32' : '40'}}\n` : ''}  - id: treasury
    name: Treasury
    address: "${TREASURY}"
    type: treasury
`;

const GENERAL = `
validators:
  # Each row of the ledger falls under one of these or is not the pool's. Select by all, tags, indices or pubkeys.
  - tags: [example]
    operator: node-one          # earns "of: own-validators", answers for slashing with a bond
    # from: 2026-01-01          # from and to are for validators that came or left; to is the first day without
  # - indices: ["500000-500031", "600001"]
  #   owners: {alice: 3, node-one: 1}   # only for weights by validators
${PARTICIPANTS(true)}
commission:
  - to: node-one
    rate: 10%                   # or basis points: 1000
    basis: all                  # all, cl (consensus layer) or el (execution layer)
    of: own-validators          # or pool
    # from: 2026-01-01          # from and until: income outside does not count
    # performance: {network-minus: 3%}    # nothing below it
  - to: treasury
    tiers:                      # flat: all at the tier reached; marginal: slice by slice
      kind: marginal
      table:
        - {up-to: 10, rate: 1%}
        - {rate: 2%}

weights:
  by: stake                     # stake (ETH x time), units (units x time) or validators
  # measure: slots              # for validators: slots, effective-balance, duties or income

performance:
  action: none                  # none, scale or zero: what a validator below the threshold still counts
  network-minus: 3%             # or at-least: 95%
  weights: {attestations: 54, proposals: 8, sync: 2}

loss:
  policy: high-water-mark       # or pro-rata, or operator-bond-first
  bonds: {node-one: 4}          # slashing of own validators is taken from here first

income:
  cl: true
  el: true
  mev: true
  unresolved: hold              # exclude, hold or lower-bound: blocks whose payment nobody could prove

expenses:
  - {label: Servers, on: 2026-10-31, eth: 0.02, to: node-one}

# adjustments:                  # corrects a closed period in a later one; validator: whose operator has commission on it
#   - {label: Block 10000000 resolved, on: 2026-11-03, eth: 0.05, basis: el, from-held: true, validator: 1000}
#   - {label: October counted too much, on: 2026-11-03, eth: -0.01}

minimum-payout: 0.01            # smaller balances are carried
rounding: largest-remainder     # or floor-to:treasury, or carry

# merkle: {kind: period}        # or cumulative
tax:
  basis: payout                 # or accrual: a lot for each day
  currency: EUR
  formats: [koinly, cointracker, rotki]
`;

const OWN_RULES: Record<Exclude<PresetName, 'pro-rata' | '0xsplits'>, string> = {
  'lido-csm': `
# Lido's Community Staking Module: keys below the network's performance less the leeway get nothing.
validators:
  - tags: [example]
    operator: node-one
${PARTICIPANTS(false)}
csm:
  reward-share:
    - {rate: 58.34%}            # or by key: {up-to-key: 16, rate: 100%} first
  leeway:
    - {rate: 3%}
rounding: floor-to:treasury     # the protocol's rebate, and what floors leave over
merkle: {kind: cumulative, pad-single: true}
`,
  'rocket-pool-minipool': `
# Rocket Pool minipools: the node has its capital's part of the rewards and a fee of the rest.
validators:
  - tags: [example]
    operator: node-one
    bond: 8
    fee: 14%
${PARTICIPANTS(false)}
rounding: floor-to:treasury     # the pool stakers
`,
  'rocket-pool-smoothing-pool': `
# Rocket Pool's smoothing pool: execution income of all, shared by successful attestations and bond.
validators:
  - tags: [example]
    operator: node-one
    bond: 8
    fee: 14%
${PARTICIPANTS(false)}
income: {cl: false}
rounding: floor-to:treasury     # the pool stakers
`,
  'rocket-pool-megapool': `
# Rocket Pool megapools: capital ratio and fee averaged over time.
validators:
  - tags: [example]
    operator: node-one
    bond: 4
    fee: 5%
${PARTICIPANTS(false)}  - id: voters
    address: "0x78731D3Ca6b7E34aC0F824c42a7cC18A495cabaB"
  - id: dao
    address: "0x617F2E2fD72FD9D5503197092aC168c91465E7f2"
megapool: {voters: voters, voters-share: 9%, dao: dao, dao-share: 0%}
rounding: floor-to:treasury     # the stakers
`,
};

/** What `rewards init-pool` writes: a file that `rewards check` accepts and a person can turn into theirs. */
export function examplePool(preset: PresetName | null): string {
  if (preset === null) return HEAD + GENERAL;
  if (preset === 'pro-rata')
    return `${HEAD}preset: pro-rata\n\nvalidators:\n  - tags: [example]\n${PARTICIPANTS(true)}`;
  if (preset === '0xsplits')
    return `${HEAD}preset: 0xsplits\n\n# Fixed allocations, floors; what is left over stays for the next period.\nvalidators:\n  - tags: [example]\n${PARTICIPANTS(true, 'units')}`;
  return `${HEAD}preset: ${preset}\n${OWN_RULES[preset]}`;
}
