import { forkAtEpoch, type ChainSpec } from '../../core/chain/chain-spec.ts';
import { toHex } from '../../core/hex.ts';
import { epoch as epochUnit } from '../../core/units.ts';
import { requestJson } from './http-json.ts';

/** A signer behind the remote signing API that Web3Signer has. */
export class RemoteSigner {
  readonly #url: string;
  readonly #spec: ChainSpec;

  constructor(url: string, spec: ChainSpec) {
    this.#url = url.replace(/\/$/, '');
    this.#spec = spec;
  }

  async pubkeys(): Promise<string[]> {
    return (await requestJson(`${this.#url}/api/v1/eth2/publicKeys`)) as string[];
  }

  /**
   * @param epoch of the message: it decides the fork
   * @returns the signature, hex
   * @throws HttpFailure with the signer's status when it refuses: 412 for what is slashable
   */
  async sign(pubkey: string, epoch: number, message: Readonly<Record<string, unknown>>): Promise<string> {
    const url = `${this.#url}/api/v1/eth2/sign/${pubkey}`;
    const answer = await requestJson(url, { ...message, fork_info: this.#forkInfo(epoch) });
    return (answer as { signature: string }).signature;
  }

  #forkInfo(epoch: number) {
    const { forks, genesisValidatorsRoot } = this.#spec;
    const fork = forkAtEpoch(this.#spec, epochUnit(BigInt(epoch)));
    const previous = forks[forks.indexOf(fork) - 1] ?? fork;
    return {
      fork: {
        previous_version: toHex(previous.version),
        current_version: toHex(fork.version),
        epoch: fork.epoch.toString(),
      },
      genesis_validators_root: genesisValidatorsRoot,
    };
  }

  /** The fork's name as the signing API has it: `ELECTRA`. */
  versionAt(epoch: number): string {
    return forkAtEpoch(this.#spec, epochUnit(BigInt(epoch))).name.toUpperCase();
  }
}
