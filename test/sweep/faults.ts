import type { Fate } from '../harness/proxy.ts'

/** What happens to one write of the operator, and what comes of it afterwards. */
export interface Fault {
  readonly name: string
  readonly fate: Fate
  /** The process is killed, before the request is sent on or after it has been carried out. */
  readonly kills?: true
  /** Nothing that is tried again can help: the run may fail. */
  readonly final?: true
  /** A lie that nobody can see through: what is said to be gone is not looked for again. */
  readonly lies?: true
}

const answer = (status: number, more: Partial<Fault> = {}): Fault => {
  return { name: `${status} before`, fate: { answer: status }, ...more }
}

export const FAULTS: readonly Fault[] = [
  { name: 'kill before', fate: 'reset', kills: true },
  { name: 'kill after', fate: 'lose', kills: true },
  { name: 'reset before', fate: 'reset' },
  { name: 'lost after', fate: 'lose' },
  { name: 'truncated after', fate: 'truncate' },
  answer(409),
  { ...answer(429), fate: { answer: 429, headers: { 'retry-after': '1' } } },
  answer(500),
  answer(503),
  answer(504),
  { name: '500 after', fate: { answer: 500, after: true } },
  { name: '504 after', fate: { answer: 504, after: true } },
  answer(403, { final: true }),
  answer(404, { final: true, lies: true }),
  answer(422, { final: true }),
]
