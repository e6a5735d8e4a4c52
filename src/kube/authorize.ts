import { createHash } from 'node:crypto'
import type { Client } from './client.ts'

/** An answer is good for this long: a scrape every few seconds must not cost two requests each. */
const REMEMBERED = 10_000

/** Asks the API server whose token this is (TokenReview) and whether they may get the path (SubjectAccessReview). */
export function authorizer(client: Client): (token: string | undefined, path: string) => Promise<200 | 401 | 403> {
  const known = new Map<string, { readonly answer: 200 | 401 | 403; readonly until: number }>()
  return async (token, path) => {
    if (token === undefined) return 401
    const key = createHash('sha256').update(`${path} ${token}`).digest('hex')
    const before = known.get(key)
    if (before && before.until > performance.now()) return before.answer
    const answer = await ask(client, token, path)
    if (known.size > 1000) known.clear()
    known.set(key, { answer, until: performance.now() + REMEMBERED })
    return answer
  }
}

interface Review {
  readonly status: {
    readonly authenticated?: boolean
    readonly user?: { readonly username: string; readonly groups?: readonly string[]; readonly uid?: string }
    readonly allowed?: boolean
  }
}

async function ask(client: Client, token: string, path: string): Promise<200 | 401 | 403> {
  const review = (group: string, kind: string, plural: string, spec: object) =>
    client.request<Review>({
      method: 'POST',
      path: `/apis/${group}/v1/${plural}`,
      body: { apiVersion: `${group}/v1`, kind, spec },
      verb: 'create',
      resource: `${plural}.${group}`,
    })
  const { status } = await review('authentication.k8s.io', 'TokenReview', 'tokenreviews', { token })
  if (!status.authenticated || !status.user) return 401
  const { username: user, groups, uid } = status.user
  const spec = { user, groups, uid, nonResourceAttributes: { path, verb: 'get' } }
  const access = await review('authorization.k8s.io', 'SubjectAccessReview', 'subjectaccessreviews', spec)
  return access.status.allowed ? 200 : 403
}
