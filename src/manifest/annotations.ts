import { CANCEL_ANNOTATION, HOLD_ANNOTATION, RUN_ANNOTATION, TOKEN, WAKE_ANNOTATION } from '../api/names.ts'
import { instantOf } from '../lib/instant.ts'

interface RequestProblem {
  readonly annotation: string
  readonly reason: 'InvalidRequest'
  readonly message: string
}

/** What people ask for by annotations: the values as they are written. */
export interface Requests {
  readonly run?: string
  readonly wake?: string
  readonly cancel?: string
  readonly hold?: string
}

const NAMES: Readonly<Record<keyof Requests, string>> = {
  run: RUN_ANNOTATION,
  wake: WAKE_ANNOTATION,
  cancel: CANCEL_ANNOTATION,
  hold: HOLD_ANNOTATION,
}

export function requestsOf(annotations: Readonly<Record<string, string>>): Requests {
  const requests: { -readonly [name in keyof Requests]: Requests[name] } = {}
  for (const [name, annotation] of Object.entries(NAMES)) {
    const value = annotations[annotation]
    if (value !== undefined) requests[name as keyof Requests] = value
  }
  return requests
}

/** Why an annotation cannot be understood. */
export function requestProblem({ run, wake, cancel, hold }: Requests): RequestProblem | undefined {
  const tokens = [
    [RUN_ANNOTATION, run],
    [WAKE_ANNOTATION, wake],
    [CANCEL_ANNOTATION, cancel],
  ] as const
  for (const [name, token] of tokens) {
    if (token === undefined || TOKEN.test(token)) continue
    const message = `annotation ${name} must be a token of 1 to 64 characters out of A-Z a-z 0-9 . _ : + -, such as the current time`
    return { annotation: name, reason: 'InvalidRequest', message }
  }
  if (hold === undefined || instantOf(hold) !== undefined) return undefined
  const message = `annotation ${HOLD_ANNOTATION} must be an RFC 3339 time such as 2026-11-24T22:00:00Z`
  return { annotation: HOLD_ANNOTATION, reason: 'InvalidRequest', message }
}
