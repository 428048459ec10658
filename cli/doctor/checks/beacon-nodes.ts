import { BeaconNode } from '../../../beacon/beacon-node.ts';
import { faultOf } from '../examine.ts';
import { fault, good, warning, type Finding } from '../finding.ts';
import type { Check, Patient } from '../patient.ts';

const SLOW_MS = 500;

/** Whether each beacon node answers, is of the right network and keeps up. */
export const beaconNodes: Check = {
  name: 'beacon nodes',
  inspect: async ({ settings, spec }) => {
    const urls = settings['beacon-node'];
    if (urls.length === 0) {
      return [
        warning(
          'none is configured: no second signer is watched for, the clock is compared with nothing, nothing is monitored',
          'Name one or more: --beacon-node URL.',
        ),
      ];
    }
    const findings: Finding[] = [];
    for (const url of urls) findings.push(await examined(new BeaconNode(url), spec));
    return besideGoodOnes(findings);
  },
};

/** With one node that is well, others that give no answer are no more than a warning: the signer asks all. */
export function besideGoodOnes(findings: readonly Finding[]): Finding[] {
  if (!findings.some(({ grade }) => grade === 'good')) return [...findings];
  return findings.map((finding) =>
    finding.grade === 'fault' && !finding.found.includes(OF_ANOTHER)
      ? warning(finding.found, finding.mend ?? '')
      : finding,
  );
}

const OF_ANOTHER = 'is of another network';

async function examined(node: BeaconNode, spec: Patient['spec']): Promise<Finding> {
  const start = performance.now();
  try {
    const { genesisValidatorsRoot } = await node.genesis();
    const tookMs = performance.now() - start;
    if (spec !== null && genesisValidatorsRoot !== spec.genesisValidatorsRoot) {
      return fault(
        `${node.name} ${OF_ANOTHER}: genesis validators root ${genesisValidatorsRoot}, not ${spec.genesisValidatorsRoot}`,
        'Compare --network with the network of the node.',
      );
    }
    return progress(node.name, await node.syncing(), tookMs);
  } catch (error) {
    return faultOf(error);
  }
}

interface Progress {
  readonly syncDistance: bigint;
  readonly isOptimistic: boolean;
  readonly elOffline: boolean;
}

export function progress(
  name: string,
  { syncDistance, isOptimistic, elOffline }: Progress,
  tookMs: number,
): Finding {
  const took = `answers within ${Math.ceil(tookMs)} ms`;
  if (syncDistance > 2n) {
    return warning(
      `${name} is ${syncDistance.toString()} slots behind`,
      'Wait until it is synced; what it says of duties and second signers is old.',
    );
  }
  if (elOffline || isOptimistic) {
    return warning(
      `${name} ${elOffline ? 'does not reach its execution client' : 'follows a head that its execution client has not verified'}`,
      'Mend the execution client: without it there are no votes and no blocks.',
    );
  }
  if (tookMs > SLOW_MS) return warning(`${name} ${took}`, 'See what keeps it busy, or use a nearer one.');
  return good(`${name} is synced and ${took}`);
}
