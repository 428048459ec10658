import { SecretKey } from '@chainsafe/blst';
import { workerData } from 'node:worker_threads';
import { SecretKeyTable } from './secret-key-table.ts';
import { runSignLoop, type SignLoopData } from './sign-loop.ts';

/** Entry of a signing thread. blst's own copy of a secret lives as long as one signature takes. */
const data = workerData as SignLoopData;
const secretKeys = new SecretKeyTable(data.secretKeys);

runSignLoop(data, (keySlot, root) => {
  try {
    return SecretKey.fromBytes(secretKeys.view(keySlot)).sign(root).toBytes();
  } catch {
    // A removed key: zeros are no secret key.
    return null;
  }
});
