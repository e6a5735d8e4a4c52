import { faultIn } from '../api/fault.ts'
import type { Account, Question } from '../execution/ports.ts'
import type { Requests } from './client.ts'

interface Review {
  readonly status: { readonly allowed: boolean }
}

/** Where to ask, and as whom or about whom. */
interface Way {
  readonly kind: string
  readonly path: string
  readonly as?: Account
  readonly about?: { readonly user: string; readonly groups: readonly string[] }
}

const ROOT = '/apis/authorization.k8s.io/v1'

type Ways = (account: Account, question: Question) => readonly Way[]

/**
 * Asks the API server what an account may do, in whichever of these ways the caller may: in the name of the account, else
 * about it. The answer is `undefined` when he may in none. @throws FaultError for other reasons; what the signal was
 * aborted with
 */
export function accessReviews(
  client: Requests,
  account: Account,
  signal: AbortSignal,
  ways: Ways = allWays,
): (question: Question) => Promise<boolean | undefined> {
  const closed = new Set<string>()
  return async question => {
    for (const way of ways(account, question)) {
      if (closed.has(way.path)) continue
      try {
        return await asked(client, way, question, signal)
      } catch (error) {
        if (faultIn(error).class !== 'Refused') throw error
        closed.add(way.path)
      }
    }
    return undefined
  }
}

/** About the account, as Rota may in its own name. */
export function aboutAccount(account: Account): readonly Way[] {
  return [{ kind: 'SubjectAccessReview', path: `${ROOT}/subjectaccessreviews`, about: userOf(account) }]
}

function allWays(account: Account, { namespace }: Question): readonly Way[] {
  const local = { kind: 'LocalSubjectAccessReview', path: `${ROOT}/namespaces/${namespace}/localsubjectaccessreviews` }
  return [
    { kind: 'SelfSubjectAccessReview', path: `${ROOT}/selfsubjectaccessreviews`, as: account },
    ...(namespace === undefined ? [] : [{ ...local, about: userOf(account) }]),
    ...aboutAccount(account),
  ]
}

/** With the groups that the API server gives to an account itself. */
function userOf({ namespace, name }: Account) {
  const accounts = 'system:serviceaccounts'
  const groups = [accounts, `${accounts}:${namespace}`, 'system:authenticated']
  return { user: `system:serviceaccount:${namespace}:${name}`, groups }
}

async function asked(client: Requests, way: Way, question: Question, signal: AbortSignal): Promise<boolean> {
  const { kind, path, as, about } = way
  const [resource, subresource] = question.resource.split('/')
  const resourceAttributes = { ...question, resource, ...(subresource !== undefined && { subresource }) }
  const review = await client.request<Review>({
    method: 'POST',
    verb: 'create',
    path,
    resource: `${path.split('/').at(-1)}.authorization.k8s.io`,
    body: { apiVersion: 'authorization.k8s.io/v1', kind, spec: { ...about, resourceAttributes } },
    signal,
    ...(as && { as }),
  })
  return review.status.allowed
}
