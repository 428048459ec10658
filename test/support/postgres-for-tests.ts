import type { TestProject } from 'vitest/node';
import { PostgresServer } from './postgres.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    postgresUrl: string;
  }
}

/** The server of somebody who runs the tests many times, and has started one for all of them. */
export const SERVER_VARIABLE = 'VIGIL_TEST_POSTGRES_URL';

/** One server for all test files that want one; each makes databases of its own in it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env[SERVER_VARIABLE];
  if (given !== undefined) {
    project.provide('postgresUrl', given);
    return () => Promise.resolve();
  }
  const server = await PostgresServer.start(['max_connections = 200']);
  project.provide('postgresUrl', server.url);
  return () => server.stop();
}
