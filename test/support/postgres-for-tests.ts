import type { TestProject } from 'vitest/node';
import { PostgresServer } from './postgres.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    postgresUrl: string;
  }
}

/** One server for all test files that want one; each makes databases of its own in it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await PostgresServer.start(['max_connections = 200']);
  project.provide('postgresUrl', server.url);
  return () => server.stop();
}
