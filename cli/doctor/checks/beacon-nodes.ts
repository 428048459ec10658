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
    for (const url of urls) findings.push(...(await examined(new BeaconNode(url), spec)));
    return findings;
  },
};

async function examined(node: BeaconNode, spec: Patient['spec']): Promise<Finding[]> {
  const start = performance.now();
  try {
    const { genesisValidatorsRoot } = await node.genesis();
    const tookMs = performance.now() - start;
    if (spec !== null && genesisValidatorsRoot !== spec.genesisValidatorsRoot) {
      return [
        fault(
          `${node.name} is of another network: genesis validators root ${genesisValidatorsRoot}, not ${spec.genesisValidatorsRoot}`,
          'Compare --network with the network of the node.',
        ),
      ];
    }
    return [progress(node.name, (await node.syncing()).syncDistance, tookMs)];
  } catch (error) {
    return [faultOf(error)];
  }
}

export function progress(name: string, syncDistance: bigint, tookMs: number): Finding {
  const took = `answers within ${Math.ceil(tookMs)} ms`;
  if (syncDistance > 2n) {
    return warning(
      `${name} is ${syncDistance.toString()} slots behind`,
      'Wait until it is synced; what it says of duties and second signers is old.',
    );
  }
  if (tookMs > SLOW_MS) return warning(`${name} ${took}`, 'See what keeps it busy, or use a nearer one.');
  return good(`${name} is synced and ${took}`);
}
