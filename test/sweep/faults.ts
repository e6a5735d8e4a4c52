import type { Fate, LineFate } from '../harness/proxy.ts'
import type { Point } from './points.ts'

/**
 * `before` the request is sent on, `after` it has been carried out, `late`: it is carried out only when the next process
 * is at work; `stale`: after it, and the next process is told at first how things were in the beginning.
 */
type Kill = 'before' | 'after' | 'late' | 'stale'

/** What happens at one point of a story, and what comes of it afterwards. */
export type Fault = {
  readonly name: string
  /** Nothing that is tried again can help: the run may fail. */
  readonly final?: true
  /** A lie that nobody can see through: what is said to be gone is not looked for again. */
  readonly lies?: true
  /** It is noticed only when a time limit has passed. */
  readonly slow?: true
} & (
  | { readonly fate: Fate }
  | { readonly kills: Kill }
  /** The process does nothing for so long; its request is carried out. Milliseconds. */
  | { readonly stops: number }
  /** `earlier`: the lines before it. */
  | { readonly line: (line: string, earlier: readonly string[]) => LineFate }
)

interface Marks {
  readonly final?: true
  readonly lies?: true
}

const answer = (status: number, marks: Marks = {}): Fault => {
  return { name: `${status} before`, fate: { answer: status }, ...marks }
}
const kill = (kills: Kill, name = `kill ${kills}`): Fault => ({ name, kills })
const gateway = (status: number): Fault => {
  const body = `<html><h1>${status}</h1></html>`
  return { name: `${status} of a gateway`, fate: { answer: status, body, headers: { 'content-type': 'text/html' } } }
}

const RESET: Fault = { name: 'reset before', fate: 'reset' }
const TRUNCATED: Fault = { name: 'truncated after', fate: 'truncate' }
const BUSY: Fault = { name: '429 before', fate: { answer: 429, headers: { 'retry-after': '1' } } }
const DELAYED: Fault = { name: 'delayed', fate: { delay: 700 } }
const HANGING: Fault = { name: 'silence, then reset', fate: { hang: 1500 } }
const SILENT: Fault = { name: 'silence', fate: { hang: 120_000 }, slow: true }

const ANY: readonly Fault[] = [
  RESET,
  BUSY,
  answer(500),
  answer(503),
  answer(504),
  answer(401),
  gateway(404),
  DELAYED,
  HANGING,
]

const expired = JSON.stringify({
  type: 'ERROR',
  object: {
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    reason: 'Expired',
    code: 410,
    message: 'too old resource version',
  },
})
const broken = JSON.stringify({
  type: 'ERROR',
  object: { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'InternalError', code: 500 },
})

export const FAULTS: Readonly<Record<Point, readonly Fault[]>> = {
  write: [
    kill('before'),
    kill('after'),
    kill('late', 'kill, and it arrives late'),
    kill('stale', 'kill after, then a stale list'),
    { name: 'stopped for a while', stops: 1500 },
    ...ANY,
    { name: 'lost after', fate: 'lose' },
    TRUNCATED,
    { name: '500 after', fate: { answer: 500, after: true } },
    { name: '504 after', fate: { answer: 504, after: true } },
    answer(409),
    gateway(403),
    answer(403, { final: true }),
    answer(404, { final: true, lies: true }),
    answer(422, { final: true }),
    SILENT,
  ],
  read: [
    kill('before'),
    ...ANY,
    TRUNCATED,
    answer(410),
    gateway(403),
    answer(403, { final: true }),
    answer(404, { final: true, lies: true }),
    SILENT,
  ],
  lease: [
    kill('before'),
    kill('after'),
    { name: 'stopped until it has run out', stops: 9000 },
    ...ANY,
    { name: 'lost after', fate: 'lose' },
    TRUNCATED,
    answer(409),
    answer(403),
    answer(404),
    SILENT,
  ],
  watch: [RESET, BUSY, answer(500), answer(410), answer(401), gateway(404), DELAYED, HANGING, kill('before')],
  event: [
    { name: 'cut before', line: () => 'cut' },
    { name: 'truncated', line: () => 'truncate' },
    { name: 'told twice', line: line => ({ lines: [line, line] }) },
    { name: 'told with all before it again', line: (line, earlier) => ({ lines: [line, ...earlier, line] }) },
    { name: 'late', line: line => ({ lines: [line], delay: 700 }) },
    { name: 'dropped, then 410', line: () => ({ lines: [expired] }) },
    { name: 'dropped for an error', line: () => ({ lines: [broken] }) },
    { name: 'silence from there on', line: () => 'hang', slow: true },
  ],
}

/** It is done to a process. */
export function needsProcess(fault: Fault): boolean {
  return 'kills' in fault || 'stops' in fault
}
