import { errorAnswers } from './error-answers.ts';
import type { AnswerCode } from './error-codes.ts';
import type { Schema } from './schema.ts';

export const TAGS = {
  signing: 'The remote-signing API, as Web3Signer speaks it in eth2 mode.',
  health: 'Is it there, and can it sign?',
  keymanager: 'The keymanager API of ethereum/keymanager-APIs, as far as a signer can honour it.',
  admin: 'What an operator does to keys while the signer runs.',
  commitBoost: "Commit-Boost's signer API.",
} as const;

/** One route as the document has it; what all routes have in common is added by {@link describeOperation}. */
export interface Operation {
  readonly method: 'get' | 'post' | 'delete';
  readonly path: string;
  /** Unique in the document. */
  readonly id: string;
  readonly tag: keyof typeof TAGS;
  readonly summary: string;
  readonly description?: string;
  /**
   * `open`: for anybody. `signing`: for anybody who reaches the port, or, with an access file, for its clients.
   * `owner`: for the token of api-token.txt, or for clients of the access file.
   */
  readonly access: 'open' | 'signing' | 'owner';
  readonly parameters?: readonly Schema[];
  /** The JSON body; without it none is looked at. */
  readonly body?: Schema;
  /** What is no error, by status. */
  readonly answers: Readonly<Record<number, Answer>>;
  /** Codes that this route can end in, beside those of all routes. */
  readonly errors: readonly AnswerCode[];
  /** Codes that come in the shape that Commit-Boost gives its errors. */
  readonly commitBoostErrors?: readonly AnswerCode[];
}

/** Without a schema the answer is empty. */
export interface Answer {
  readonly description: string;
  readonly json?: Schema;
  readonly text?: Schema;
}

const EVERY_ROUTE: readonly AnswerCode[] = [
  'HOST_NOT_ALLOWED',
  'ORIGIN_NOT_ALLOWED',
  'UNSUPPORTED_MEDIA_TYPE',
];
const GATED: readonly AnswerCode[] = ['UNAUTHORIZED', 'ACCESS_DENIED', 'RATE_LIMITED'];
/** From where a route's own handling of errors begins: Commit-Boost's routes have these in their shape. */
const pastTheHooks = ({ method, body }: Operation): readonly AnswerCode[] => [
  'INTERNAL',
  ...(method === 'get' ? [] : (['BODY_TOO_LARGE', 'MALFORMED_REQUEST'] as const)),
  ...(body === undefined ? [] : (['BAD_JSON'] as const)),
];

const BEARER = { bearer: [] };
const CERTIFICATE = { mutualTls: [] };
const CREDENTIALS = [BEARER, CERTIFICATE, { ...BEARER, ...CERTIFICATE }];
const SECURITY = { open: [], signing: [{}, ...CREDENTIALS], owner: CREDENTIALS };

/** The operation object of OpenAPI. */
export function describeOperation(operation: Operation): Schema {
  const { id, tag, summary, description, access, parameters, body, answers } = operation;
  const past = pastTheHooks(operation);
  const { errors, commitBoostErrors } = operation;
  const before = [...EVERY_ROUTE, ...(access === 'open' ? [] : GATED)];
  const failures =
    commitBoostErrors === undefined
      ? errorAnswers([...before, ...past, ...errors])
      : errorAnswers([...before, ...errors], [...past, ...commitBoostErrors]);
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    security: SECURITY[access],
    ...(parameters === undefined ? {} : { parameters }),
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: body } } } }),
    responses: { ...describeAnswers(answers), ...failures },
  };
}

function describeAnswers(answers: Operation['answers']): Schema {
  const entries = Object.entries(answers);
  return Object.fromEntries(
    entries.map(([status, { description, json, text }]) => {
      const content = {
        ...(json === undefined ? {} : { 'application/json': { schema: json } }),
        ...(text === undefined ? {} : { 'text/plain': { schema: text } }),
      };
      return [status, { description, ...(Object.keys(content).length === 0 ? {} : { content }) }];
    }),
  );
}

export const pathParameter = (name: string, schema: Schema): Schema => ({
  name,
  in: 'path',
  required: true,
  schema,
});
