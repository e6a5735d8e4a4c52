import { NAMESPACE, resourceName } from '../api/kinds.ts'
import { IMPERSONATION_LABEL } from '../api/names.ts'
import type { OperationName } from '../api/task.ts'
import type { Missing, Right } from './contract.ts'
import { IMPERSONATE_ON, requestVerbs } from './impersonation.ts'
import { roleOf } from './roles.ts'

/** What to type so that a call that was refused is allowed. */
export interface Remedies {
  /** So that the account gets the right: a binding of the operation's role, or, for other kinds, a role of its own. */
  remedy(missing: Missing): string
  /** So that Rota may make such calls in the name of accounts: the shipped role, or, for other kinds, one beside it. */
  permission(missing: Missing): string
}

/** @param needs all that the operation takes */
export async function remedies(name: OperationName, needs: readonly Right[]): Promise<Remedies> {
  const role = await roleOf(name)
  const isShipped = ({ verb, resource }: Missing) =>
    role.some(right => calledBy(right) === resource && right.verbs.includes(verb))
  /** All that the operation does with a kind, so that one line is enough: its subresources come later. */
  const around = ({ verb, resource }: Missing, verbsOf: (right: Right) => readonly string[]) => {
    const same = needs.filter(right => plain(calledBy(right)) === plain(resource))
    const verbs = new Set([...same.flatMap(verbsOf), verb])
    const resources = new Set([...same.map(calledBy), resource])
    return `--verb=${[...verbs].join(',')} --resource=${[...resources].join(',')}`
  }
  return {
    remedy(missing) {
      const { account, resource } = missing
      // A namespace that is yet to be made, or on its way out, holds no binding: it is named in one of the cluster.
      const named = resource === NAMESPACE.plural ? missing.namespace : undefined
      const namespace = named === undefined ? missing.namespace : undefined
      // Accounts of several namespaces often have one name.
      const home = account.namespace === namespace ? '' : `${account.namespace}-`
      const subject = `--serviceaccount=${account.namespace}:${account.name}`
      const binding = `${home}${account.name}-${name}`
      const scope = namespace === undefined ? '' : ` -n ${namespace}`
      const kind = namespace === undefined ? 'cluster' : ''
      const bind = (to: string, flag: string, role: string) =>
        `kubectl create ${kind}rolebinding ${to}${scope} --${flag}=${role} ${subject}`
      if (isShipped(missing) && named === undefined) return bind(binding, 'clusterrole', `rota:${name}`)
      const own = `${binding}-${named ?? plain(resource).replace(/[^a-z0-9]+/g, '-')}`
      const only = named === undefined ? '' : ` --resource-name=${named}`
      const made = `kubectl create ${kind}role ${own}${scope} ${around(missing, ({ verbs }) => verbs)}${only}`
      return `${made} && ${bind(own, `${kind}role`, own)}`
    },
    permission(missing) {
      if (isShipped(missing)) return 'kubectl apply -f deploy/rbac/impersonation.yaml'
      const verb = IMPERSONATE_ON + missing.verb
      const own = `rota:impersonation:${name}:${plain(missing.resource)}`
      const made = `kubectl create clusterrole ${own} ${around({ ...missing, verb }, requestVerbs)}`
      return `${made} && kubectl label clusterrole ${own} ${IMPERSONATION_LABEL}=true`
    },
  }
}

function calledBy({ group, resource }: Right): string {
  return resourceName(group, resource)
}

/** Without its subresource. */
function plain(resource: string): string {
  return resource.replace(/\/.*/, '')
}
