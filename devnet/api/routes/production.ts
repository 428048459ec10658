import { ssz } from '@lodestar/types';
import type { FastifyInstance } from 'fastify';
import { fromHex, toHex } from '../../../core/hex.ts';
import { attestationDataFor } from '../../simulation/attestation-data.ts';
import { sendSsz, wantsSsz } from '../answers.ts';
import { badRequest, notFound } from '../api-error.ts';
import { readInteger, resolveValidator } from '../identifiers.ts';
import type { NodeView } from '../node-view.ts';
import { readList, readObject } from '../read-body.ts';
import { eachOf } from './pool.ts';

type Query = Record<string, string | undefined>;

const V1 = '/eth/v1/validator';

export function productionRoutes(server: FastifyInstance, view: NodeView): void {
  const { simulation, rules } = view;

  server.get<{ Params: { slot: string }; Querystring: Query }>(
    '/eth/v3/validator/blocks/:slot',
    (request, reply) => {
      const slot = readInteger(request.params.slot, 'slot');
      if (slot !== simulation.slot)
        throw badRequest(`slot ${slot} is not the present one, ${simulation.slot}`);
      const { randao_reveal: randao, graffiti } = request.query;
      const block = simulation.produceBlock({
        randaoReveal: bytes(randao, 'randao_reveal', 96),
        graffiti: graffiti === undefined ? new Uint8Array(32) : bytes(graffiti, 'graffiti', 32),
      });
      const contents = { block, kzgProofs: [], blobs: [] };
      const version = view.versionAt(slot);
      void reply.headers({
        'Eth-Consensus-Version': version,
        'Eth-Execution-Payload-Blinded': 'false',
        'Eth-Execution-Payload-Value': '0',
        'Eth-Consensus-Block-Value': '0',
      });
      if (wantsSsz(request)) return sendSsz(reply, ssz.electra.BlockContents.serialize(contents));
      return {
        version,
        execution_payload_blinded: false,
        execution_payload_value: '0',
        consensus_block_value: '0',
        data: ssz.electra.BlockContents.toJson(contents),
      };
    },
  );

  server.post('/eth/v2/beacon/blocks', ({ body }) => {
    simulation.publishBlock(readObject(ssz.electra.SignedBlockContents, body).signedBlock);
    return null;
  });

  server.get<{ Querystring: Query }>(`${V1}/attestation_data`, ({ query }) => {
    const slot = readInteger(query['slot'], 'slot');
    readInteger(query['committee_index'] ?? '0', 'committee_index');
    if (slot !== simulation.slot) throw badRequest(`slot ${slot} is not the present one, ${simulation.slot}`);
    const data = attestationDataFor(rules, view.presentState, view.head.root);
    return { data: ssz.phase0.AttestationData.toJson(data) };
  });

  server.get<{ Querystring: Query }>('/eth/v2/validator/aggregate_attestation', ({ query }, reply) => {
    const root = toHex(bytes(query['attestation_data_root'], 'attestation_data_root', 32));
    const committeeIndex = readInteger(query['committee_index'], 'committee_index');
    const aggregate = simulation.attestations.aggregate(root, committeeIndex);
    if (aggregate === null) throw notFound('no attestation like that');
    const version = view.versionAt(simulation.slot);
    void reply.header('Eth-Consensus-Version', version);
    return { version, data: ssz.electra.Attestation.toJson(aggregate) };
  });

  server.post('/eth/v2/validator/aggregate_and_proofs', ({ body }) => {
    eachOf(readList(body), (item) =>
      simulation.publishAggregate(readObject(ssz.electra.SignedAggregateAndProof, item)),
    );
    return null;
  });

  server.get<{ Querystring: Query }>(`${V1}/sync_committee_contribution`, ({ query }) => {
    const slot = readInteger(query['slot'], 'slot');
    const subcommittee = readInteger(query['subcommittee_index'], 'subcommittee_index');
    const blockRoot = bytes(query['beacon_block_root'], 'beacon_block_root', 32);
    const contribution = simulation.sync.contribution(view.presentState, slot, subcommittee, blockRoot);
    if (contribution === null) throw notFound('nobody of the subcommittee signed that block');
    return { data: ssz.altair.SyncCommitteeContribution.toJson(contribution) };
  });

  server.post(`${V1}/contribution_and_proofs`, ({ body }) => {
    eachOf(readList(body), (item) =>
      simulation.publishContribution(readObject(ssz.altair.SignedContributionAndProof, item)),
    );
    return null;
  });

  server.post(`${V1}/prepare_beacon_proposer`, ({ body }) => {
    eachOf(readList(body), (item) => {
      const { validator_index: id, fee_recipient: recipient } = item as Query;
      const validator = resolveValidator(view.headState, id);
      if (validator !== null) simulation.setFeeRecipient(validator, bytes(recipient, 'fee_recipient', 20));
    });
    return null;
  });

  for (const ignored of [
    'beacon_committee_subscriptions',
    'sync_committee_subscriptions',
    'register_validator',
  ]) {
    server.post(`${V1}/${ignored}`, () => null);
  }
}

function bytes(text: string | undefined, name: string, length: number): Uint8Array {
  try {
    return fromHex(text, name, length);
  } catch (error) {
    throw badRequest((error as Error).message);
  }
}
