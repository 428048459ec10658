import { dirname, resolve } from 'node:path';
import { isNode, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { closestName } from '../../core/config/closest-name.ts';
import { NotAnId, parseAddress, parseId, parseIndices, parseSigner } from './parse-ids.ts';
import { watchedError } from './watched-errors.ts';
import type { WatchEntry, WatchSource } from './watch-entry.ts';

const someText = z.string('must be text').min(1, 'must not be empty');
const texts = z.union(
  [someText.transform((text) => [text]), z.array(someText).min(1, 'must not be empty')],
  'must be text or a list of it',
);
const group = z
  .string('must be text')
  .regex(
    /^[\p{L}\p{N}][\p{L}\p{N} _.:/-]{0,63}$/u,
    'must be 1 to 64 letters, digits, spaces or any of _.:/-',
  );
const label = z
  .string('must be text')
  .regex(
    /^[\p{L}\p{N}][\p{L}\p{N} _./-]{0,31}(:[\p{L}\p{N} _./-]{1,64})?$/u,
    'must be key:value or a plain word of letters, digits, spaces or any of _./-',
  );
const labels = z.union(
  [label.transform((one) => [one]), z.array(label)],
  'must be key:value or a list of such',
);

const SOURCES = ['pubkey', 'index', 'file', 'keystores', 'signer', 'withdrawal-address'] as const;
const entry = z.strictObject({
  'pubkey': texts.optional(),
  'index': texts.optional(),
  'file': someText.optional(),
  'keystores': someText.optional(),
  'signer': someText.optional(),
  'token-file': someText.optional(),
  'withdrawal-address': texts.optional(),
  'group': group.optional(),
  'labels': labels.optional(),
});
const NAMES = [...SOURCES, 'token-file', 'group', 'labels'];
const watchFile = z.strictObject({ watch: z.array(entry, 'must be a list of entries') });

type Path = readonly PropertyKey[];
type Complain = (path: Path, what: string) => Error;

/**
 * The entries of a watch file; docs/watching.md has the format. Paths in it are relative to its own folder.
 * @throws WATCH_FILE_INVALID with file, line, field and what it should be
 */
export function parseWatchFile(text: string, path: string): WatchEntry[] {
  const lines = new LineCounter();
  // Failsafe: every scalar stays text, or an unquoted pubkey would be a number.
  const document = parseDocument(text, { schema: 'failsafe', lineCounter: lines, prettyErrors: false });
  const [problem] = document.errors;
  if (problem !== undefined) {
    const { line } = lines.linePos(problem.pos[0]);
    throw watchedError('WATCH_FILE_INVALID', `${path} line ${line}: ${problem.message}`, problem);
  }
  const lineAt = (at: Path): string => {
    for (let length = at.length; length > 0; length -= 1) {
      const node: unknown = document.getIn(at.slice(0, length), true);
      if (isNode(node) && Array.isArray(node.range)) return ` line ${lines.linePos(node.range[0]).line}`;
    }
    return '';
  };
  const complain: Complain = (at, what) =>
    watchedError('WATCH_FILE_INVALID', `${path}${lineAt(at)}: ${nameOf(at)} ${what}`);
  const read = watchFile.safeParse(contentOf(document, path));
  if (!read.success) throw firstIssue(read.error, complain);
  return read.data.watch.flatMap((values, at) => {
    const where = `${path}${lineAt(['watch', at])}`;
    const { group: named = null, labels: given = [] } = values;
    return sourcesOf(values, ['watch', at], dirname(path), complain).map((source) => ({
      ...{ source, group: named, where },
      labels: [...new Set(given)],
    }));
  });
}

function contentOf(document: ReturnType<typeof parseDocument>, path: string): unknown {
  try {
    const content: unknown = document.toJS({ maxAliasCount: 0 });
    return content ?? { watch: [] };
  } catch (error) {
    throw watchedError('WATCH_FILE_INVALID', `${path}: aliases are not taken`, error);
  }
}

function sourcesOf(
  values: z.infer<typeof entry>,
  at: Path,
  folder: string,
  complain: Complain,
): WatchSource[] {
  const [name, ...others] = SOURCES.filter((source) => values[source] !== undefined);
  if (name === undefined) throw complain(at, `names nobody: give one of ${SOURCES.join(', ')}`);
  if (others.length > 0) {
    throw complain([...at, others[0] ?? name], `does not go with ${name}: make two entries of them`);
  }
  if (values['token-file'] !== undefined && name !== 'signer') {
    throw complain([...at, 'token-file'], 'belongs to a signer');
  }
  try {
    return readSource(name, values, folder);
  } catch (error) {
    if (error instanceof NotAnId) throw complain([...at, name], `cannot be used: ${error.message}`);
    throw error;
  }
}

function readSource(
  name: (typeof SOURCES)[number],
  values: z.infer<typeof entry>,
  folder: string,
): WatchSource[] {
  const one = (text: string | undefined): string => text ?? '';
  switch (name) {
    case 'pubkey':
      return [{ kind: 'ids', ids: (values.pubkey ?? []).map(pubkeyOnly) }];
    case 'index':
      return [{ kind: 'ids', ids: (values.index ?? []).flatMap(parseIndices) }];
    case 'file':
    case 'keystores':
      return [{ kind: name, path: resolve(folder, one(values[name])) }];
    case 'signer': {
      const token = values['token-file'];
      return [parseSigner(one(values.signer), folder, token === undefined ? null : resolve(folder, token))];
    }
    case 'withdrawal-address':
      return (values[name] ?? []).map((text) => ({ kind: name, address: parseAddress(text) }));
  }
}

function pubkeyOnly(text: string) {
  const id = parseId(text);
  if (typeof id === 'number') throw new NotAnId(`${text} is an index: write index: ${text}`);
  return id;
}

function firstIssue(error: z.ZodError, complain: Complain): Error {
  // A misspelt name is what is meant, not that the right one is missing.
  const issue = error.issues.find(({ code }) => code === 'unrecognized_keys') ?? error.issues[0];
  if (issue === undefined) return complain([], 'is no list of validators');
  if (issue.code === 'unrecognized_keys') {
    const [name = ''] = issue.keys;
    const near = closestName(name, issue.path.length === 0 ? ['watch'] : NAMES);
    return complain([...issue.path, name], `is not known${near === null ? '' : `, did you mean ${near}?`}`);
  }
  return complain(issue.path, issue.message);
}

/** `watch[2].group` */
const nameOf = (path: Path): string =>
  path.length === 0
    ? 'the file'
    : path
        .map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
        .join('')
        .slice(1);
