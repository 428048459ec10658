import type { DutyCount } from '../splits/ledger/ledger-port.ts';
import { centsText, gweiText, weiText } from './amounts.ts';
import type { Report } from './build-report.ts';
import { delimited, number, type CsvCell, type CsvStyle } from './delimited.ts';
import type { ReportLine } from './report-line.ts';

/** Every column of every line, amounts in ether as exact decimal text. No line for the totals: a sum would count twice. */
export function reportCsv(report: Report, style: CsvStyle): string {
  const { currency } = report;
  const header = [
    'validator_index',
    'pubkey',
    'group',
    'first_day',
    'last_day',
    ...Object.keys(AMOUNTS),
    'el_blocks',
    'el_methods',
    'el_confidence',
    'el_unresolved_blocks',
    'attestations_assigned',
    'attestations_included',
    'proposals_assigned',
    'proposals_included',
    'sync_assigned',
    'sync_included',
    'final',
    ...(currency === null
      ? []
      : [`cl_income_${currency.toLowerCase()}`, `el_income_${currency.toLowerCase()}`]),
  ];
  return delimited(
    style,
    header,
    report.lines.map((line) => cellsOf(line, currency !== null)),
  );
}

const AMOUNTS: Readonly<Record<string, (line: ReportLine) => string>> = {
  attestation_eth: (line) => gweiText(line.attestationGwei),
  ideal_attestation_eth: ({ idealAttestationGwei: ideal }) => (ideal === null ? '' : gweiText(ideal)),
  sync_eth: (line) => gweiText(line.syncGwei),
  proposer_eth: (line) => gweiText(line.proposerGwei),
  slashing_eth: (line) => gweiText(line.slashingGwei),
  cl_income_eth: (line) => gweiText(line.clIncomeGwei),
  el_income_eth: (line) => weiText(line.elIncomeWei),
  withdrawals_partial_eth: (line) => gweiText(line.withdrawalsPartialGwei),
  withdrawals_full_eth: (line) => gweiText(line.withdrawalsFullGwei),
  deposits_eth: (line) => gweiText(line.depositsGwei),
  consolidation_eth: (line) => gweiText(line.consolidationGwei),
  residual_eth: (line) => gweiText(line.residualGwei),
};

function cellsOf(line: ReportLine, fiat: boolean): CsvCell[] {
  const { name, el, duties } = line;
  const counts = ({ assigned, included }: DutyCount): CsvCell[] => [
    number(assigned.toString()),
    number(included.toString()),
  ];
  return [
    number(name.validatorIndex?.toString() ?? ''),
    name.pubkey ?? '',
    name.group ?? '',
    name.day ?? line.firstDay,
    name.day ?? line.lastDay,
    ...Object.values(AMOUNTS).map((amount) => number(amount(line))),
    number(el.blocks.toString()),
    el.methods.join('+'),
    el.confidence ?? '',
    number(el.unresolvedBlocks.toString()),
    ...counts(duties.attestations),
    ...counts(duties.proposals),
    ...counts(duties.sync),
    line.finalized ? 'yes' : 'no',
    ...(fiat
      ? [
          number(line.fiat === null ? '' : centsText(line.fiat.clCents)),
          number(line.fiat === null ? '' : centsText(line.fiat.elCents)),
        ]
      : []),
  ];
}
