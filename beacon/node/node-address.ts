/**
 * Where a node is and what opens its door. Credentials are taken out of the URL at once: `fetch` refuses URLs that
 * carry them, and quotes them whole when it does. Hosted nodes put keys into the path or the query too, so neither is
 * part of the name.
 */
export class NodeAddress {
  /** `https://host:port`, for logs, messages and metrics. */
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly #base: URL;
  readonly #secrets: readonly string[];

  /** @param name when the host alone does not tell it from another node */
  constructor(url: string, name?: string) {
    const base = new URL(url);
    const authorization = basicAuthorization(base);
    this.headers = authorization === null ? {} : { authorization: `Basic ${authorization}` };
    this.#secrets = [
      base.username,
      base.password,
      decoded(base.username),
      decoded(base.password),
      authorization ?? '',
      base.pathname.replace(/\/$/, ''),
      ...base.searchParams.values(),
    ].filter((secret) => secret.length > 2);
    base.username = '';
    base.password = '';
    base.hash = '';
    if (!base.pathname.endsWith('/')) base.pathname += '/';
    this.#base = base;
    this.name = name ?? `${base.protocol}//${base.host}`;
  }

  /** @param path `/eth/v1/…`, with its query if it has one */
  urlOf(path: string): URL {
    const url = new URL(path.replace(/^\//, ''), this.#base);
    for (const [key, value] of this.#base.searchParams) url.searchParams.append(key, value);
    return url;
  }

  /** Text of the node or of a library, fit to be shown: a proxy may quote the request in its error page. */
  redact(text: string): string {
    return this.#secrets.reduce((shown, secret) => shown.replaceAll(secret, '***'), text);
  }
}

function basicAuthorization({ username, password }: URL): string | null {
  if (username === '' && password === '') return null;
  return Buffer.from(`${decoded(username)}:${decoded(password)}`).toString('base64');
}

/** A lone % is no escape: then the text is meant as it stands. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
