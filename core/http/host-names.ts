import { isIP } from 'node:net';

/**
 * Which names a server on somebody's own machine answers to. A web page that has its own name resolve to this machine
 * (DNS rebinding) sends that name as Host, so only names that are meant for us are answered; addresses cannot be rebound.
 * @param allowed host names besides localhost; `*` allows any
 * @returns the name in a Host header that is not ours, or null; to be called for every request
 */
export function strangerHosts(allowed: readonly string[]): (header: string | undefined) => string | null {
  const names = new Set(['localhost', ...allowed.map(hostName)]);
  let passed: string | null = null;
  return (header) => {
    // HTTP/1.0 needs none, and a browser always sends one.
    if (header === undefined) return null;
    // The last one that passed: clients say the same name again and again.
    if (header === passed || names.has('*')) return null;
    const host = hostName(header);
    if (!names.has(host) && isIP(host) === 0) return host.slice(0, 200);
    passed = header;
    return null;
  };
}

/** Without the port and the brackets of an IPv6 address. */
function hostName(header: string): string {
  const bracketed = /^\[([^\]]*)\](:\d*)?$/.exec(header)?.[1];
  return (bracketed ?? header.replace(/:\d*$/, '')).toLowerCase().replace(/\.$/, '');
}
