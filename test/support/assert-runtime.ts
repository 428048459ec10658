import { createRequire } from 'node:module';

/** The tests prove something about the pinned runtime only if that is what runs them. */
const manifest = createRequire(import.meta.url)('../../package.json') as {
  optionalDependencies: Record<string, string>;
};
const pinned = Object.values(manifest.optionalDependencies);
if (!pinned.includes(process.versions.node)) {
  throw new Error(
    `the tests run on Node ${process.versions.node}, not on the pinned ${pinned.join(' / ')}: run them with npm test after npm ci`,
  );
}
