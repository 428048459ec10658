import { expect, it } from 'vitest';
import { chainSpecFromNode } from '../../../../core/chain/load-chain-spec.ts';
import { parsePubkey } from '../../../../core/units.ts';
import { fromHex } from '../../../../core/hex.ts';
import { secretKeyFromBytes } from '../../../../signer/keystore/bls-keys.ts';
import { sign } from '../../../support/signer-client.ts';
import { everythingAllowed, startSignerFixture } from '../../../support/signer-fixture.ts';
import { NETWORK } from '../../../support/signer-network.ts';

/** Behaviour of Eth2DepositSigningAcceptanceTest. */

/** Deposits that the deposit tool, version 1.1.0, made for the Medalla network: signatures that no code of ours made. */
const MEDALLA = [
  {
    secret: '0x4b743372aedfaecec4c890fd4f6d4fc2ff751bfb6c71449f326baa80fea00a21',
    pubkey:
      '0x89b54db68c6281b5919ff0167cf88f2e0077cd90b65efcd0dbbc7772ee953c6a5bc96be01c5a9a14ba45edbc933fa4c3',
    credentials: '0x00502e12a8ff3de168546ff8a02d03146001ee8d9eeb73797c97e2bc370ec487',
    signature:
      '0x950b4ab990b9b07581c3d5e2d5341691c2d2120e6f13d032da61f824508d7e9963694385802ba3f9d3f564d7d8d66bbb071b2fea72ec6d2c9d358de06976d702f5619d7cca9fc654e1a088ca69dcd4e718a35e58c04f933e37d953761a65f792',
  },
  {
    secret: '0x39792f5b344a4b00d8147fee77ad5d60b115130a5e2d2ef56895baae0960f880',
    pubkey:
      '0x948b6281ec1e6df13ba20d3f5e8ff504c134af25e994046814d2cff9ecde289ead1988ffb13d337248848f98fd33766f',
    credentials: '0x00a71ae74287d2e85fb65b583156debe0180ea10a033323e3d451ca2aa08a70d',
    signature:
      '0x908a84cd085df7fcec4d2357b493a543ba923a148759d5d872300c5194603ffc64640a87dcb23574ef277f0334c0783014721c37814fb3b71fa30ce0ff28481cbcc8698ca636ce4612b6d73879ca0daa44b9843a34bde73419b8012adddbe2d6',
  },
];

const medalla = chainSpecFromNode(
  { PRESET_BASE: 'minimal', SECONDS_PER_SLOT: '12', GENESIS_FORK_VERSION: '0x00000001' },
  { genesisTimeSeconds: 0n, genesisValidatorsRoot: NETWORK.genesisValidatorsRoot },
);

it.each(MEDALLA)('the deposit of $pubkey is signed as the deposit tool signed it', async (deposit) => {
  const signer = await startSignerFixture({ spec: medalla, keys: 0, policy: everythingAllowed });
  const pubkey = parsePubkey(deposit.pubkey, 'pubkey');
  await signer.guard.admitKey(pubkey, true);
  signer.keyring.add(pubkey, secretKeyFromBytes(fromHex(deposit.secret, 'secret', 32)));
  const body = {
    type: 'DEPOSIT',
    deposit: {
      pubkey: deposit.pubkey,
      withdrawal_credentials: deposit.credentials,
      amount: '32000000000',
      genesis_fork_version: '0x00000001',
    },
  };
  const answer = await sign(signer, body, { identifier: pubkey, headers: { accept: 'text/plain' } });
  expect(answer).toMatchObject({ status: 200, text: deposit.signature });
});
