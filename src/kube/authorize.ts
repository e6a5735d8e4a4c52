import { createHash } from 'node:crypto'
import { FaultError } from '../api/fault.ts'
import type { Client } from './client.ts'

/** An answer is good for this long: a token that is revoked, or a right that is taken away, works no longer than that. */
const REMEMBERED = 5_000
const MOST_REMEMBERED = 1000
/** Whoever guesses tokens must not keep Rota's own requests from being sent. */
const MOST_AT_ONCE = 16

/** Whom the API server takes the bearer of a token for. */
export interface User {
  readonly username: string
  readonly groups?: readonly string[]
  readonly uid?: string
  readonly extra?: Readonly<Record<string, readonly string[]>>
}

/** What is asked for, as a SubjectAccessReview has it. */
export type Attributes =
  | { readonly nonResourceAttributes: { readonly path: string; readonly verb: string } }
  | {
      readonly resourceAttributes: {
        readonly verb: string
        readonly group: string
        readonly resource: string
        readonly namespace?: string
        readonly name?: string
      }
    }

export interface Reviews {
  /** Whose token this is (TokenReview); `undefined`: nobody's. @throws FaultError */
  userOf(token: string): Promise<User | undefined>
  /** Whether a user has a right (SubjectAccessReview). @throws FaultError */
  may(user: User, attributes: Attributes): Promise<boolean>
}

interface Review {
  readonly status: { readonly authenticated?: boolean; readonly user?: User; readonly allowed?: boolean }
}

/** Asks the API server; each question once in a while, and tokens are kept as hashes only. */
export function reviewsOf(client: Client): Reviews {
  let asking = 0
  const ask = async (group: string, kind: string, spec: object) => {
    if (asking >= MOST_AT_ONCE) throw new FaultError(BUSY)
    asking++
    try {
      const plural = `${kind.toLowerCase()}s`
      const { status } = await client.request<Review>({
        method: 'POST',
        path: `/apis/${group}/v1/${plural}`,
        body: { apiVersion: `${group}/v1`, kind, spec },
        verb: 'create',
        resource: `${plural}.${group}`,
      })
      return status
    } finally {
      asking--
    }
  }
  const userOf = remembered(async (token: string) => {
    const { authenticated, user } = await ask('authentication.k8s.io', 'TokenReview', { token })
    return authenticated ? user : undefined
  })
  const may = remembered(async (question: string) => {
    const { allowed } = await ask('authorization.k8s.io', 'SubjectAccessReview', JSON.parse(question))
    return allowed === true
  })
  return {
    userOf,
    may: ({ username, groups, uid, extra }, attributes) =>
      may(JSON.stringify({ user: username, groups, uid, extra, ...attributes })),
  }
}

const BUSY = {
  class: 'Transient',
  reason: 'TooManyRequests',
  message: 'too many callers are being checked at this moment: ask again in a moment',
} as const

/** Who asks the same meanwhile waits for the same answer; what could not be answered is asked again. */
function remembered<T>(ask: (question: string) => Promise<T>): (question: string) => Promise<T> {
  const known = new Map<string, { readonly answer: Promise<T>; readonly until: number }>()
  return question => {
    const key = createHash('sha256').update(question).digest('base64')
    const before = known.get(key)
    if (before && before.until > performance.now()) return before.answer
    const answer = ask(question)
    known.delete(key)
    known.set(key, { answer, until: performance.now() + REMEMBERED })
    answer.catch(() => known.get(key)?.answer === answer && known.delete(key))
    for (const oldest of known.keys()) {
      if (known.size <= MOST_REMEMBERED) break
      known.delete(oldest)
    }
    return answer
  }
}
