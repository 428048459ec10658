import type { Operation } from '../operation.ts';
import { object, oneOfWords, text } from '../schema.ts';

const STARTED = (status: string) =>
  object({ status: { type: 'string', const: status }, message: { type: 'string' } });

export const RELOAD: readonly Operation[] = [
  {
    method: 'post',
    path: '/reload',
    id: 'reload',
    tag: 'signing',
    summary: 'Look for keystores that came and went, in the background',
    access: 'signing',
    answers: {
      202: { description: 'Started.', json: STARTED('accepted') },
      409: { description: 'One is under way already.', json: STARTED('error') },
    },
    errors: ['NOT_ACCEPTABLE'],
  },
  {
    method: 'get',
    path: '/reload',
    id: 'reloadStatus',
    tag: 'signing',
    summary: 'How the last reload went',
    access: 'signing',
    answers: {
      200: {
        description: 'Members without a value are left out.',
        json: object(
          {
            status: oneOfWords('idle', 'running', 'completed', 'completed_with_errors', 'failed'),
            lastOperationTime: text('^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z$', 'ISO 8601.'),
            lastError: { type: 'string' },
          },
          ['lastOperationTime', 'lastError'],
        ),
      },
    },
    errors: ['NOT_ACCEPTABLE'],
  },
];
