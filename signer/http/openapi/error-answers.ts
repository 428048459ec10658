import { statusOf, summaryOf, type AnswerCode } from './error-codes.ts';
import { object, ref, text, type Schema } from './schema.ts';

const RETRY_AFTER: Schema = {
  'Retry-After': { description: 'Seconds.', schema: text('^[1-9][0-9]*$') },
};

const HEADERS: Partial<Readonly<Record<AnswerCode, Schema>>> = {
  UNAUTHORIZED: { 'WWW-Authenticate': { schema: { type: 'string', const: 'Bearer' } } },
  RATE_LIMITED: RETRY_AFTER,
  SIGNER_BUSY: RETRY_AFTER,
};

interface OfStatus {
  readonly ours: AnswerCode[];
  readonly commitBoost: AnswerCode[];
}

/**
 * The answers for these codes, by their status.
 * @param ours codes in Vigil's own shape, JSON or text as the client asks for
 * @param commitBoost codes in the shape of Commit-Boost's API, always JSON
 */
export function errorAnswers(
  ours: readonly AnswerCode[],
  commitBoost: readonly AnswerCode[] = [],
): Record<string, Schema> {
  const byStatus = new Map<number, OfStatus>();
  const at = (status: number): OfStatus => {
    const found = byStatus.get(status) ?? { ours: [], commitBoost: [] };
    byStatus.set(status, found);
    return found;
  };
  for (const code of new Set(ours)) at(statusOf(code)).ours.push(code);
  for (const code of new Set(commitBoost)) at(statusOf(code)).commitBoost.push(code);
  const answers = [...byStatus].map(([status, codes]) => [status, answerOf(status, codes)] as const);
  return Object.fromEntries(answers.sort(([a], [b]) => a - b));
}

function answerOf(status: number, { ours, commitBoost }: OfStatus): Schema {
  const codes = [...new Set([...ours, ...commitBoost])].sort();
  const schemas = [
    ...(ours.length === 0 ? [] : [ourError(ours)]),
    ...(commitBoost.length === 0 ? [] : [commitBoostError(status, commitBoost)]),
  ];
  const [only, ...others] = schemas;
  const headers = Object.assign({}, ...codes.map((code) => HEADERS[code])) as Schema;
  return {
    description: codes.map((code) => `\`${code}\`: ${summaryOf(code)}`).join('\n\n'),
    ...(Object.keys(headers).length === 0 ? {} : { headers }),
    content: {
      'application/json': { schema: others.length === 0 ? only : { anyOf: schemas } },
      ...(ours.length === 0
        ? {}
        : { 'text/plain': { schema: { type: 'string', pattern: `^(${ours.join('|')}): ` } } }),
    },
  };
}

const ourError = (codes: readonly AnswerCode[]): Schema => ({
  ...ref('Error'),
  type: 'object',
  properties: { code: { enum: codes } },
});

/** `code` is the status there; ours is the reason. */
const commitBoostError = (status: number, codes: readonly AnswerCode[]): Schema =>
  object({
    code: { type: 'integer', const: status },
    message: { type: 'string' },
    reason: { type: 'string', enum: codes },
  });
