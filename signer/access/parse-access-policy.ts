import { closestName } from '../../core/config/closest-name.ts';
import type { Pubkey } from '../../core/units.ts';
import { parseIdentifier } from '../http/request-identifier.ts';
import { ACCESS_FILE_SHAPE, FIELD_NAMES, type RuleEntry } from './access-file-shape.ts';
import type { AccessPolicy, AccessRule } from './access-policy.ts';
import { ACTIONS, IMPLIED, KEYED_ACTIONS, type Action } from './actions.ts';
import { matchesPattern } from './matches-pattern.ts';
import { parseClients } from './parse-clients.ts';
import { POLICY_TYPES, TYPE_GROUPS, typesOf, type PolicyType } from './type-groups.ts';
import { yamlWithPlaces, type PathInFile, type YamlWithPlaces } from './yaml-with-places.ts';

type Fault = YamlWithPlaces['fault'];

/**
 * The policy in the text of an access file.
 * @param file its path, for messages
 * @throws ACCESS_FILE_INVALID naming file, line and field
 */
export function parseAccessPolicy(text: string, file: string): AccessPolicy {
  const { content, fault } = yamlWithPlaces(text, file);
  const shaped = ACCESS_FILE_SHAPE.safeParse(content);
  if (!shaped.success) throw shapeFault(shaped.error.issues[0], fault);
  const clients = parseClients(shaped.data.clients, fault);
  const names = clients.map(({ name }) => name);
  const rules = shaped.data.rules.map((entry, index) => parseRule(entry, ['rules', index], names, fault));
  return { clients, rules };
}

interface ShapeIssue {
  readonly code?: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly keys?: readonly string[];
}

function shapeFault(issue: ShapeIssue | undefined, fault: Fault): Error {
  const path = (issue?.path ?? []) as PathInFile;
  const [unknown] = issue?.keys ?? [];
  if (unknown === undefined) return fault(path, issue?.message ?? 'malformed');
  return fault([...path, unknown], `there is no such field${meant(unknown, FIELD_NAMES)}`);
}

function parseRule(entry: RuleEntry, path: PathInFile, names: readonly string[], fault: Fault): AccessRule {
  const allow = entry.allow === 'true';
  if (!names.some((name) => matchesPattern(entry.client, name)) && entry.client !== 'api-token') {
    throw fault([...path, 'client'], `no client fits ${entry.client}${meant(entry.client, names)}`);
  }
  const words = wordsOf(entry.actions, [...path, 'actions']).map(actionAt(fault));
  const actions = new Set(words.flatMap((action) => [action, ...(IMPLIED[action] ?? [])]));
  const keys = keysOf(entry, path, fault);
  const whole = [...actions].find((action) => !KEYED_ACTIONS.includes(action));
  if (keys !== null && whole !== undefined) {
    throw fault(
      [...path, 'keys'],
      `${whole} is on the signer as a whole, it cannot be allowed or denied by key`,
    );
  }
  if (entry.types !== undefined && !actions.has('sign')) {
    throw fault([...path, 'types'], 'only the action sign has message types');
  }
  const typeWords = wordsOf(entry.types ?? 'all', [...path, 'types']);
  return {
    allow,
    client: entry.client,
    actions,
    keys,
    types: new Set(typeWords.flatMap(typesAt(fault, allow))),
    typeWords: typeWords.map(({ word }) => word),
  };
}

interface Word {
  readonly word: string;
  readonly path: PathInFile;
}

const wordsOf = (words: string | readonly string[], path: PathInFile): Word[] =>
  typeof words === 'string'
    ? [{ word: words, path }]
    : words.map((word, index) => ({ word, path: [...path, index] }));

const actionAt =
  (fault: Fault) =>
  ({ word, path }: Word): Action => {
    const action = ACTIONS.find((one) => one === word);
    if (action !== undefined) return action;
    throw fault(path, `${word} is not an action${meant(word, ACTIONS)}; there are ${ACTIONS.join(', ')}`);
  };

const typesAt =
  (fault: Fault, allow: boolean) =>
  ({ word, path }: Word): readonly PolicyType[] => {
    const types = typesOf(word, allow);
    if (types !== null) return types;
    throw fault(
      path,
      `${word} is neither a message type nor a group${meant(word, [...POLICY_TYPES, ...TYPE_GROUPS])}`,
    );
  };

/** Null for every key, which a wildcard among others means too. */
function keysOf(entry: RuleEntry, path: PathInFile, fault: Fault): ReadonlySet<Pubkey> | null {
  const words = wordsOf(entry.keys ?? '*', [...path, 'keys']);
  if (words.length === 1 && words[0]?.word === '*') return null;
  return new Set(
    words.map(({ word, path: at }) => {
      const key = parseIdentifier(word);
      if (key === null)
        throw fault(at, `${word.slice(0, 120)} is not a pubkey of 96 hex digits, nor '*' alone`);
      return key;
    }),
  );
}

function meant(word: string, candidates: readonly string[]): string {
  const near = closestName(word, candidates);
  return near === null ? '' : `, did you mean ${near}?`;
}
