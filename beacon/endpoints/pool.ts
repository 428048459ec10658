import { apiRequest, simpleCall, type Call } from '../node/call.ts';

/** As the Beacon API takes it. */
export interface SignedVoluntaryExit {
  readonly message: { readonly epoch: string; readonly validator_index: string };
  readonly signature: string;
}

/** As the Beacon API takes it. */
export interface SignedBlsToExecutionChange {
  readonly message: {
    readonly validator_index: string;
    readonly from_bls_pubkey: string;
    readonly to_execution_address: string;
  };
  readonly signature: string;
}

/** Nodes answer with nothing, or with whatever they like; that they took it is in the status. */
const taken = () => ({ data: null, executionOptimistic: false, finalized: null });

/** Hands an exit to the node, which checks and spreads it. Sent twice it is the same exit. */
export const submitVoluntaryExit = (exit: SignedVoluntaryExit): Call<null> =>
  simpleCall(apiRequest('submitPoolVoluntaryExit', { body: exit }), taken);

/** Hands changes of credentials to the node, which checks and spreads them. Sent twice they are the same. */
export const submitBlsToExecutionChanges = (changes: readonly SignedBlsToExecutionChange[]): Call<null> =>
  simpleCall(apiRequest('submitPoolBLSToExecutionChange', { body: changes }), taken);
