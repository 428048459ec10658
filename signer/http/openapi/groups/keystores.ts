import * as keystores from '../../routes/keystores.ts';
import * as remoteKeys from '../../routes/remote-keys.ts';
import { KEY_FILE_ERRORS, RECORDING_ERRORS } from '../error-codes.ts';
import type { Operation } from '../operation.ts';
import { array, object, ref } from '../schema.ts';
import { itemStatuses } from '../common-schemas.ts';
import { bodyOf } from '../zod-schema.ts';

const OWNERS = { tag: 'keymanager', access: 'owner' } as const;
const KEYSTORES = { ...OWNERS, path: '/eth/v1/keystores' } as const;
const REMOTE_KEYS = { ...OWNERS, path: '/eth/v1/remotekeys' } as const;
const PER_ITEM = 'An answer for each item, in the order of the request.';

const data = (items: ReturnType<typeof array>) => object({ data: items });

export const KEYSTORE_ROUTES: readonly Operation[] = [
  {
    ...KEYSTORES,
    method: 'get',
    id: 'listKeystores',
    summary: 'The keys of this signer',
    answers: {
      200: {
        description: 'Sorted.',
        json: data(
          array(
            object({
              validating_pubkey: ref('Pubkey'),
              derivation_path: { type: 'string' },
              readonly: { type: 'boolean' },
            }),
          ),
        ),
      },
    },
    errors: [],
  },
  {
    ...KEYSTORES,
    method: 'post',
    id: 'importKeystores',
    summary: 'Bring keys in, with their slashing protection',
    description: 'A key without the history that was sent with it does not come in.',
    body: bodyOf(keystores.importBody),
    answers: { 200: { description: PER_ITEM, json: data(itemStatuses('imported', 'duplicate', 'error')) } },
    errors: RECORDING_ERRORS,
  },
  {
    ...KEYSTORES,
    method: 'delete',
    id: 'deleteKeystores',
    summary: 'Take keys out for good, and get their slashing protection',
    body: bodyOf(keystores.deleteBody),
    answers: {
      200: {
        description: `${PER_ITEM} \`slashing_protection\` is an EIP-3076 document.`,
        json: object({
          data: itemStatuses('deleted', 'not_active', 'not_found', 'error'),
          slashing_protection: { type: 'string' },
        }),
      },
    },
    errors: ['DB_FLOOR_OWED', ...RECORDING_ERRORS, ...KEY_FILE_ERRORS],
  },
  {
    ...REMOTE_KEYS,
    method: 'get',
    id: 'listRemoteKeys',
    summary: 'Always none: this is the remote signer itself',
    answers: {
      200: { description: 'None.', json: data({ type: 'array', maxItems: 0 }) },
    },
    errors: [],
  },
  {
    ...REMOTE_KEYS,
    method: 'post',
    id: 'importRemoteKeys',
    summary: 'Refused, item by item',
    body: bodyOf(remoteKeys.importBody),
    answers: { 200: { description: PER_ITEM, json: data(itemStatuses('error')) } },
    errors: [],
  },
  {
    ...REMOTE_KEYS,
    method: 'delete',
    id: 'deleteRemoteKeys',
    summary: 'There are none to delete',
    body: bodyOf(remoteKeys.deleteBody),
    answers: { 200: { description: PER_ITEM, json: data(itemStatuses('not_found')) } },
    errors: [],
  },
];
