import { SecretKey } from '@chainsafe/blst';
import { parentPort } from 'node:worker_threads';
import { generateSecretKey } from '../../signer/keystore/bls-keys.ts';

/** Signs as fast as it can for so many milliseconds and tells how many signatures that were and in what time. */
const secret = generateSecretKey().toBytes();
const message = new Uint8Array(32);
parentPort?.on('message', (milliseconds: number) => {
  const key = SecretKey.fromBytes(secret);
  const start = performance.now();
  let signed = 0;
  for (; performance.now() - start < milliseconds; signed += 1) {
    new DataView(message.buffer).setUint32(0, signed);
    key.sign(message).toBytes();
  }
  parentPort?.postMessage({ signed, milliseconds: performance.now() - start });
});
