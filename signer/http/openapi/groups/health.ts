import type { Operation } from '../operation.ts';
import { object, ref, text } from '../schema.ts';

/** Every listener has these. */
export const HEALTH: readonly Operation[] = [
  {
    method: 'get',
    path: '/upcheck',
    id: 'upcheck',
    tag: 'health',
    summary: 'The process answers',
    access: 'open',
    answers: {
      200: {
        description: 'As JSON only for who takes nothing else.',
        json: object({ status: { type: 'string', const: 'OK' } }),
        text: { type: 'string', const: 'OK' },
      },
    },
    errors: ['NOT_ACCEPTABLE'],
  },
  {
    method: 'get',
    path: '/healthcheck',
    id: 'healthcheck',
    tag: 'health',
    summary: 'Can it sign with every key that it should have?',
    access: 'open',
    answers: {
      200: { description: 'Yes.', json: ref('Health') },
      503: { description: 'No; the checks that are down say why.', json: ref('Health') },
    },
    errors: [],
  },
  {
    method: 'get',
    path: '/openapi.json',
    id: 'openapi',
    tag: 'health',
    summary: 'This document: what this listener serves',
    access: 'open',
    answers: {
      200: {
        description: 'An OpenAPI document.',
        json: { ...object({ openapi: text('^3\\.1\\.') }), additionalProperties: true },
      },
    },
    errors: ['NOT_ACCEPTABLE'],
  },
];
