import type { AttemptInput } from '../../src/execution/attempt.ts'

const never = new AbortController().signal

/** An attempt of which nothing is asked, that tells nobody, and that nothing ends. */
export const ATTEMPT = {
  account: { namespace: 'team-a', name: 'rota' },
  purpose: { remedy: () => '', permission: () => '' },
  stop: never,
  deadline: never,
  letGo: never,
  limits: {},
  dryRun: false,
  changed: () => undefined,
  progress: () => undefined,
} satisfies Partial<AttemptInput>
