/* eslint-disable @typescript-eslint/no-explicit-any, @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-member-access --
   recorded answers are read as they lie there: what their shape is, is what is under test */
import { readFileSync } from 'node:fs';
import type { ConfigValues } from '../../core/chain/config-values.ts';
import { chainSpecFromNode } from '../../core/chain/load-chain-spec.ts';
import { parseRoot } from '../../core/units.ts';
import { startBeaconServer, type BeaconServer } from './beacon-server.ts';

const RECORDED = new URL('../fixtures/beacon-api/', import.meta.url);

export type RecordedChain = 'deneb-minimal' | 'electra-minimal' | 'electra-mainnet-preset';

interface RecordedAnswer {
  readonly request: string;
  readonly status: number;
  readonly content_type: string | null;
  readonly eth_consensus_version?: string;
}

/** What a node of a chain that ran for a while answered to one question each. */
export interface Recording {
  readonly names: readonly string[];
  readonly headSlot: bigint;
  readonly currentEpoch: bigint;
  answer(name: string): RecordedAnswer;
  bytes(name: string): Buffer;
  json(name: string): any;
  spec(): ReturnType<typeof chainSpecFromNode>;
  /** A server that gives this recorded answer to whatever it is asked. */
  serve(name: string): Promise<BeaconServer>;
}

export function recordingOf(chain: RecordedChain): Recording {
  const folder = new URL(`${chain}/`, RECORDED);
  const index = JSON.parse(readFileSync(new URL('_index.json', folder), 'utf8')) as {
    head: number;
    epoch: number;
    endpoints: Record<string, RecordedAnswer>;
  };
  const answer = (name: string): RecordedAnswer => index.endpoints[name]!;
  const bytes = (name: string): Buffer =>
    readFileSync(new URL(`${name}.${name.endsWith('_ssz') ? 'ssz' : 'json'}`, folder));
  const recording: Recording = {
    names: Object.keys(index.endpoints),
    headSlot: BigInt(index.head),
    currentEpoch: BigInt(index.epoch),
    answer,
    bytes,
    json: (name) => JSON.parse(bytes(name).toString()) as unknown,
    spec() {
      const { genesis_time, genesis_validators_root } = recording.json('genesis').data;
      return chainSpecFromNode(recording.json('config_spec').data as ConfigValues, {
        genesisTimeSeconds: BigInt(genesis_time as string),
        genesisValidatorsRoot: parseRoot(genesis_validators_root, 'root'),
      });
    },
    serve: (name) =>
      startBeaconServer((_request, response) => {
        const { status, content_type, eth_consensus_version } = answer(name);
        response.writeHead(status, {
          ...(content_type === null ? {} : { 'content-type': content_type }),
          ...(eth_consensus_version === undefined ? {} : { 'eth-consensus-version': eth_consensus_version }),
        });
        response.end(bytes(name));
      }),
  };
  return recording;
}
