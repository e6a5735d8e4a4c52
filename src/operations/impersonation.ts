import { OPERATIONS } from '../api/task.ts'
import type { Right } from './contract.ts'
import { roleOf, TO_CHOOSE_NAMESPACES } from './roles.ts'

/** Before the verb of a request: the right to make it in the name of a ServiceAccount (KEP-5284). */
export const IMPERSONATE_ON = 'impersonate-on:serviceaccount:'

/** The right to be a ServiceAccount at all; for which requests the other rights say. */
const ANY_ACCOUNT: Right = {
  group: 'authentication.k8s.io',
  resource: 'serviceaccounts',
  verbs: ['impersonate:serviceaccount'],
}

/**
 * What Rota needs so that tasks work as their accounts, in parts that can be had one by one: to be an account, and the
 * requests of each operation with the kinds that are usual with it. The account needs the right to each of them as well.
 */
export async function impersonationRoles(): Promise<readonly (readonly [part: string, rights: readonly Right[]])[]> {
  const operations = OPERATIONS.map(async name => [name, (await roleOf(name)).map(onBehalf)] as const)
  return [
    ['accounts', [ANY_ACCOUNT]],
    ...(await Promise.all(operations)),
    ['namespaceSelector', TO_CHOOSE_NAMESPACES.map(onBehalf)],
  ]
}

/** The verbs of impersonation for the requests that need a right. */
export function requestVerbs({ verbs, implied = [] }: Right): readonly string[] {
  return verbs.filter(verb => !implied.includes(verb)).map(verb => IMPERSONATE_ON + verb)
}

function onBehalf(right: Right): Right {
  const { group, resource } = right
  return { group, resource, verbs: requestVerbs(right) }
}
