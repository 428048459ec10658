import { routes } from '@lodestar/api';
import { createChainForkConfig, defaultChainConfig } from '@lodestar/config';
import { expect, test } from 'vitest';
import { OPERATIONS } from '../../../beacon/endpoints/operations.ts';

const config = createChainForkConfig(defaultChainConfig);
const PUBLISHED: Record<string, { url: string; method: string }> = {
  ...routes.beacon.getDefinitions(config),
  ...routes.config.getDefinitions(config),
  ...routes.events.getDefinitions(config),
  ...routes.node.getDefinitions(config),
  ...routes.validator.getDefinitions(config),
};

test.each(Object.entries(OPERATIONS))(
  '%s is where the other clients look for it',
  (name, { method, template }) => {
    expect({ method, url: template }).toEqual({ method: PUBLISHED[name]!.method, url: PUBLISHED[name]!.url });
  },
);
