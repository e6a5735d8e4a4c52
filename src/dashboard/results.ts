import type { RunView } from '../server/shapes.ts'

export type Result = RunView['result']
export type Tone = 'good' | 'bad' | 'warn' | 'quiet' | 'sleep' | 'active'

interface Look {
  readonly word: string
  readonly tone: Tone
  /** Of several in one place the heaviest is shown. */
  readonly weight: number
  /** Within a circle of radius 6 about 0: each has a shape of its own, for those who do not see colours. */
  readonly path: string
}

export const RESULTS: Readonly<Record<Result, Look>> = {
  Succeeded: { word: 'succeeded', tone: 'good', weight: 1, path: 'M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0-9 0z' },
  Skipped: { word: 'skipped', tone: 'quiet', weight: 2, path: 'M-5-1.5h10v3h-10z' },
  Cancelled: { word: 'cancelled', tone: 'quiet', weight: 3, path: 'M-4-4h8v8h-8z' },
  Missed: { word: 'missed', tone: 'warn', weight: 4, path: 'M0-6l6 6l-6 6l-6-6zM0-2.8l-2.8 2.8l2.8 2.8l2.8-2.8z' },
  TimedOut: { word: 'timed out', tone: 'bad', weight: 5, path: 'M0-5.5l6 10.5h-12z' },
  Failed: {
    word: 'failed',
    tone: 'bad',
    weight: 6,
    path: 'M-3.5-5.6L0-2.1L3.5-5.6L5.6-3.5L2.1 0L5.6 3.5L3.5 5.6L0 2.1L-3.5 5.6L-5.6 3.5L-2.1 0L-5.6-3.5z',
  },
}

export function isFailure(result: Result | null): boolean {
  return result === 'Failed' || result === 'TimedOut'
}
