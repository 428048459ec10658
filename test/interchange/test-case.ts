import { z } from 'zod';

/** A test file of eth-clients/slashing-protection-interchange-tests, any version since 5.0. */

const blockCheck = z.object({
  pubkey: z.string(),
  slot: z.string(),
  signing_root: z.string().optional(),
  should_succeed: z.boolean(),
  should_succeed_complete: z.boolean().optional(),
});

const attestationCheck = z.object({
  pubkey: z.string(),
  source_epoch: z.string(),
  target_epoch: z.string(),
  signing_root: z.string().optional(),
  should_succeed: z.boolean(),
  should_succeed_complete: z.boolean().optional(),
});

const step = z.object({
  should_succeed: z.boolean(),
  contains_slashable_data: z.boolean().optional(),
  interchange: z.unknown(),
  blocks: z.array(blockCheck),
  attestations: z.array(attestationCheck),
});

const testCase = z.object({
  name: z.string(),
  genesis_validators_root: z.string(),
  steps: z.array(step).min(1),
});

export type BlockCheck = z.infer<typeof blockCheck>;
export type AttestationCheck = z.infer<typeof attestationCheck>;
export type TestStep = z.infer<typeof step>;
export type TestCase = z.infer<typeof testCase>;

/** @throws Error that says what is wrong with the file */
export function parseTestCase(text: string): TestCase {
  const parsed = testCase.safeParse(JSON.parse(text));
  if (parsed.success) {
    if (parsed.data.steps.some(({ interchange }) => interchange === undefined)) {
      throw new Error('steps: a step without "interchange"');
    }
    return parsed.data;
  }
  const [issue] = parsed.error.issues;
  throw new Error(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not a test file'}`);
}
