import { FaultError } from '../api/fault.ts'
import type { Account } from '../execution/ports.ts'
import type { Client } from './client.ts'

/** Something that an account may do, or not. */
export interface Question {
  readonly verb: string
  readonly group: string
  /** `deployments`, `pods/log`. */
  readonly resource: string
  /** Without one it is a question of the whole cluster. */
  readonly namespace?: string
  readonly name?: string
}

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

function waysOf(account: Account, { namespace }: Question): readonly Way[] {
  // The groups that the API server gives to an account itself.
  const accounts = 'system:serviceaccounts'
  const groups = [accounts, `${accounts}:${account.namespace}`, 'system:authenticated']
  const about = { user: `system:serviceaccount:${account.namespace}:${account.name}`, groups }
  const local = { kind: 'LocalSubjectAccessReview', path: `${ROOT}/namespaces/${namespace}/localsubjectaccessreviews` }
  return [
    { kind: 'SelfSubjectAccessReview', path: `${ROOT}/selfsubjectaccessreviews`, as: account },
    ...(namespace === undefined ? [] : [{ ...local, about }]),
    { kind: 'SubjectAccessReview', path: `${ROOT}/subjectaccessreviews`, about },
  ]
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
