import { measure } from './measure.ts';
const [watched = '8', network = '4096', warmUp='1', epochs='2', chain='mainnet'] = process.argv.slice(2);
console.log(await measure({ chain, slotsPerEpoch: chain==='gnosis'?16:32, network: Number(network), watched: Number(watched), warmUp: Number(warmUp), epochs: Number(epochs) }));
