import { PRICES_NAME } from './produce-split.ts';
import type { StoredManifest } from './read-manifest.ts';

/** What a manifest says that no recomputation can prove. The payout ledger or a published hash of the manifest would. */
export function makersWord({ said }: StoredManifest, withPayouts: boolean): string[] {
  return [
    `tool version: ${said.toolVersion}`,
    ...said.accepted.map(({ what, reason }) => `reason for accepting ${what}: ${reason}`),
    ...(withPayouts
      ? []
      : [
          'opening balances: those of opening.json',
          ...said.accepted
            .filter(({ what }) => what === 'skipped')
            .map(({ named }) => `skipped: ${named.join('; ')}`),
        ]),
    ...(said.files[PRICES_NAME] === undefined ? [] : [`prices: those of ${PRICES_NAME}`]),
  ];
}
