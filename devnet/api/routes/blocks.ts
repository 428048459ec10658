import { ssz } from '@lodestar/types';
import type { FastifyInstance } from 'fastify';
import { toHex } from '../../../core/hex.ts';
import type { BlockNode } from '../../simulation/block-tree.ts';
import { framed, sendSsz, wantsSsz } from '../answers.ts';
import { readInteger, resolveBlock } from '../identifiers.ts';
import type { NodeView } from '../node-view.ts';

interface BlockRoute {
  Params: { id: string };
}

const V1 = '/eth/v1/beacon';
const V2 = '/eth/v2/beacon';

export function blockRoutes(server: FastifyInstance, view: NodeView): void {
  const { tree } = view.simulation;

  const header = (node: BlockNode) => {
    const { message, signature } = node.signed;
    return {
      root: node.root,
      canonical: tree.isCanonical(node),
      header: {
        message: {
          slot: message.slot.toString(),
          proposer_index: message.proposerIndex.toString(),
          parent_root: toHex(message.parentRoot),
          state_root: toHex(message.stateRoot),
          body_root: toHex(ssz.electra.BeaconBlockBody.hashTreeRoot(message.body)),
        },
        signature: toHex(signature),
      },
    };
  };

  server.get<{ Querystring: { slot?: string; parent_root?: string } }>(`${V1}/headers`, ({ query }) => {
    const { slot, parent_root: parentRoot } = query;
    // A slot may have several, those left behind too: that is how an orphaned block is told from a missed one.
    const at = slot === undefined ? view.head.slot : readInteger(slot, 'slot');
    const nodes = (at > view.head.slot ? [] : tree.atSlot(at)).filter(
      ({ signed }) => parentRoot === undefined || toHex(signed.message.parentRoot) === parentRoot,
    );
    return framed(
      view,
      nodes.map(header),
      nodes.some((node) => view.isFinalized(node)),
    );
  });

  server.get<BlockRoute>(`${V1}/headers/:id`, ({ params }) => {
    const node = resolveBlock(view, params.id);
    return framed(view, header(node), view.isFinalized(node));
  });

  server.get<BlockRoute>(`${V2}/blocks/:id`, (request, reply) => {
    const node = resolveBlock(view, request.params.id);
    const version = view.versionAt(node.slot);
    void reply.header('Eth-Consensus-Version', version);
    if (wantsSsz(request)) return sendSsz(reply, ssz.electra.SignedBeaconBlock.serialize(node.signed));
    const data = ssz.electra.SignedBeaconBlock.toJson(node.signed);
    return { ...framed(view, data, view.isFinalized(node)), version };
  });

  server.get<BlockRoute>(`${V1}/blocks/:id/root`, ({ params }) => {
    const node = resolveBlock(view, params.id);
    return framed(view, { root: node.root }, view.isFinalized(node));
  });

  server.get<BlockRoute>(`${V2}/blocks/:id/attestations`, ({ params }, reply) => {
    const node = resolveBlock(view, params.id);
    const version = view.versionAt(node.slot);
    void reply.header('Eth-Consensus-Version', version);
    const data = node.signed.message.body.attestations.map((attestation) =>
      ssz.electra.Attestation.toJson(attestation),
    );
    return { ...framed(view, data, view.isFinalized(node)), version };
  });

  server.get<BlockRoute>(`${V1}/blob_sidecars/:id`, ({ params }) => {
    const node = resolveBlock(view, params.id);
    return { ...framed(view, [], view.isFinalized(node)), version: view.versionAt(node.slot) };
  });
}
