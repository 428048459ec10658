import { ssz } from '@lodestar/types';
import type { FastifyInstance } from 'fastify';
import { InvalidMessage } from '../../chain/invalid.ts';
import { ApiError, badRequest } from '../api-error.ts';
import type { NodeView } from '../node-view.ts';
import { readList, readObject } from '../read-body.ts';

const V1 = '/eth/v1/beacon/pool';
const V2 = '/eth/v2/beacon/pool';

export function poolRoutes(server: FastifyInstance, view: NodeView): void {
  const { simulation } = view;

  server.get(`${V2}/attestations`, (_request, reply) => {
    const version = view.versionAt(simulation.slot);
    void reply.header('Eth-Consensus-Version', version);
    const data = simulation.attestations
      .all()
      .map((attestation) => ssz.electra.Attestation.toJson(attestation));
    return { version, data };
  });

  server.get(`${V1}/attestations`, () => {
    throw badRequest('use v2 for attestations of electra and later');
  });

  server.post(`${V2}/attestations`, ({ body }) => {
    eachOf(readList(body), (item) =>
      simulation.publishAttestation(readObject(ssz.electra.SingleAttestation, item)),
    );
    return null;
  });

  server.post(`${V1}/sync_committees`, ({ body }) => {
    eachOf(readList(body), (item) =>
      simulation.publishSyncMessage(readObject(ssz.altair.SyncCommitteeMessage, item)),
    );
    return null;
  });

  server.get(`${V1}/voluntary_exits`, () => ({
    data: simulation.operations.exits.map((exit) => ssz.phase0.SignedVoluntaryExit.toJson(exit)),
  }));

  server.post(`${V1}/voluntary_exits`, ({ body }) => {
    simulation.publishExit(readObject(ssz.phase0.SignedVoluntaryExit, body));
    return null;
  });

  server.get(`${V1}/proposer_slashings`, () => ({
    data: simulation.operations.proposerSlashings.map((slashing) =>
      ssz.phase0.ProposerSlashing.toJson(slashing),
    ),
  }));

  server.post(`${V1}/proposer_slashings`, ({ body }) => {
    simulation.publishProposerSlashing(readObject(ssz.phase0.ProposerSlashing, body));
    return null;
  });

  const attesterSlashings = () =>
    simulation.operations.attesterSlashings.map((slashing) => ssz.electra.AttesterSlashing.toJson(slashing));
  server.get(`${V1}/attester_slashings`, () => ({ data: attesterSlashings() }));
  server.get(`${V2}/attester_slashings`, () => ({
    version: view.versionAt(simulation.slot),
    data: attesterSlashings(),
  }));

  server.post(`${V2}/attester_slashings`, ({ body }) => {
    simulation.publishAttesterSlashing(readObject(ssz.electra.AttesterSlashing, body));
    return null;
  });

  server.get(`${V1}/bls_to_execution_changes`, () => ({ data: [] }));
}

/** Takes each message by itself; those refused are told by their place, as the Beacon API does. @throws ApiError */
export function eachOf(items: readonly unknown[], take: (item: unknown) => void): void {
  const failures: { index: string; message: string }[] = [];
  items.forEach((item, index) => {
    try {
      take(item);
    } catch (error) {
      if (!(error instanceof InvalidMessage) && !(error instanceof ApiError)) throw error;
      failures.push({ index: index.toString(), message: error.message });
    }
  });
  if (failures.length > 0) throw new IndexedFailures(failures);
}

/** Some messages of a list were refused; the rest were taken. */
export class IndexedFailures extends ApiError {
  readonly failures: readonly { index: string; message: string }[];

  constructor(failures: readonly { index: string; message: string }[]) {
    super(400, failures[0]?.message ?? 'some messages were refused');
    this.failures = failures;
  }
}
