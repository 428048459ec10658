import { isNode, LineCounter, parseDocument } from 'yaml';
import { accessError } from './access-errors.ts';

export type PathInFile = readonly (string | number)[];

export interface YamlWithPlaces {
  readonly content: unknown;
  /** The error for what is wrong at a path: it says file, line and path. */
  readonly fault: (path: PathInFile, what: string) => Error;
}

/**
 * YAML whose scalars all stay text, so that a pubkey or a digest is never taken for a number.
 * @throws ACCESS_FILE_INVALID when it is no YAML
 */
export function yamlWithPlaces(text: string, file: string): YamlWithPlaces {
  const lines = new LineCounter();
  const document = parseDocument(text, { schema: 'failsafe', lineCounter: lines, prettyErrors: false });
  const [problem] = document.errors;
  if (problem !== undefined) {
    const line = lines.linePos(problem.pos[0]).line;
    throw accessError('ACCESS_FILE_INVALID', `${file} line ${line}: ${problem.message}${asteriskHint(text)}`);
  }
  const fault = (path: PathInFile, what: string): Error => {
    const node = nearestNode(document, path);
    const line = node === null ? '' : ` line ${lines.linePos(node).line}`;
    return accessError('ACCESS_FILE_INVALID', `${file}${line}: ${pathText(path)}${what}`);
  };
  try {
    return { content: document.toJS({ maxAliasCount: 0 }), fault };
  } catch (error) {
    throw accessError('ACCESS_FILE_INVALID', `${file}: aliases are not taken${asteriskHint(text)}`, error);
  }
}

/** A bare asterisk is an alias in YAML, which nobody means who writes it here. */
const asteriskHint = (text: string): string => (/[:[,-]\s*\*/.test(text) ? " (write '*' in quotes)" : '');

function nearestNode(document: ReturnType<typeof parseDocument>, path: PathInFile): number | null {
  for (let length = path.length; length >= 0; length -= 1) {
    const node: unknown = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (isNode(node) && Array.isArray(node.range)) return node.range[0];
  }
  return null;
}

/** `rules[2].types[0]: ` */
const pathText = (path: PathInFile): string =>
  path.length === 0
    ? ''
    : `${path
        .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
        .join('')
        .slice(1)}: `;
