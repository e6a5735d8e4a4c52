import { FaultError } from '../api/fault.ts'
import type { Account, Question } from '../execution/ports.ts'
import type { Client } from './client.ts'

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

/**
 * Asks the API server what an account may do: in the name of the account, else about it, in whichever way the caller may.
 * The answer is `undefined` when he may in none. @throws FaultError for other reasons; what the signal was aborted with
 */
export function accessReviews(
  client: Client,
  account: Account,
  signal: AbortSignal,
): (question: Question) => Promise<boolean | undefined> {
  const closed = new Set<string>()
  return async question => {
    for (const way of waysOf(account, question)) {
      if (closed.has(way.path)) continue
      try {
        return await asked(client, way, question, signal)
      } catch (error) {
        if (!(error instanceof FaultError) || error.fault.class !== 'Refused') throw error
        closed.add(way.path)
      }
    }
    return undefined
  }
}

/** The same, asked about the account alone: what Rota does in its own name. @throws FaultError */
export async function reviewOf(
  client: Client,
  account: Account,
  question: Question,
  signal: AbortSignal,
): Promise<boolean | undefined> {
  try {
    return await asked(client, wayAbout(account), question, signal)
  } catch (error) {
    if (error instanceof FaultError && error.fault.class === 'Refused') return undefined
    throw error
  }
}

function waysOf(account: Account, { namespace }: Question): readonly Way[] {
  const { about } = wayAbout(account)
  const local = { kind: 'LocalSubjectAccessReview', path: `${ROOT}/namespaces/${namespace}/localsubjectaccessreviews` }
  return [
    { kind: 'SelfSubjectAccessReview', path: `${ROOT}/selfsubjectaccessreviews`, as: account },
    ...(namespace === undefined ? [] : [{ ...local, about }]),
    wayAbout(account),
  ]
}

function wayAbout({ namespace, name }: Account) {
  // The groups that the API server gives to an account itself.
  const accounts = 'system:serviceaccounts'
  const groups = [accounts, `${accounts}:${namespace}`, 'system:authenticated']
  const about = { user: `system:serviceaccount:${namespace}:${name}`, groups }
  return { kind: 'SubjectAccessReview', path: `${ROOT}/subjectaccessreviews`, about }
}

async function asked(client: Client, way: Way, question: Question, signal: AbortSignal): Promise<boolean> {
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
