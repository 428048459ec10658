import { accessSection } from './access-section.ts';
import type { ExplainSources } from './explain-sources.ts';
import type { ExplainSection } from './explanation.ts';
import { policySection } from './policy-section.ts';
import { stateSection } from './state-section.ts';
import { watermarkSection } from './watermark-section.ts';

/** All sides of a key, in the order in which people ask for them. What else decides about a key adds its section. */
export const keySections = (sources: ExplainSources): readonly ExplainSection[] => [
  stateSection(sources),
  watermarkSection(sources),
  accessSection(sources),
  policySection(sources),
];
