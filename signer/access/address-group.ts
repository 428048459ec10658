import { isIPv6 } from 'node:net';

/**
 * What shares one rate limit: an IPv4 address, or the /64 of an IPv6 address, all of which one subscriber has at will.
 */
export function addressGroup(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [bare = ''] = address.split('%');
  if (!isIPv6(bare)) return address;
  const [front = '', back] = bare.split('::');
  const head = front === '' ? [] : front.split(':');
  const tail = back === undefined || back === '' ? [] : back.split(':');
  // An IPv4 address at the end stands for two groups; it is never among the first four.
  const length = tail.length + (tail.at(-1)?.includes('.') === true ? 1 : 0);
  const zeros = back === undefined ? 0 : 8 - head.length - length;
  const groups = [...head, ...Array<string>(zeros).fill('0'), ...tail].slice(0, 4);
  return `${groups.map((group) => group.toLowerCase().replace(/^0+(?=.)/, '')).join(':')}::/64`;
}
