import { resourceName } from '../api/kinds.ts'
import type { OperationName } from '../api/task.ts'
import type { Missing, Right } from './contract.ts'
import { roleOf } from './roles.ts'

/**
 * What to type so that an account gets the rights that it lacks: a binding of the operation's role, or, for kinds that are
 * not in it, a role of its own. `needs`: all that the operation takes.
 */
export async function remedies(
  name: OperationName,
  needs: readonly Right[],
): Promise<{ remedy(missing: Missing): string }> {
  const role = await roleOf(name)
  const has = (rights: readonly Right[], { verb, resource }: Missing) =>
    rights.some(right => resourceName(right.group, right.resource) === resource && right.verbs.includes(verb))
  return {
    remedy(missing) {
      const { account, namespace, resource, verb } = missing
      // Accounts of several namespaces often have one name.
      const home = account.namespace === namespace ? '' : `${account.namespace}-`
      const subject = `--serviceaccount=${account.namespace}:${account.name}`
      const binding = `${home}${account.name}-${name}`
      const scope = namespace === undefined ? '' : ` -n ${namespace}`
      const kind = namespace === undefined ? 'cluster' : ''
      const bind = (to: string, flag: string, role: string) =>
        `kubectl create ${kind}rolebinding ${to}${scope} --${flag}=${role} ${subject}`
      if (has(role, missing)) return bind(binding, 'clusterrole', `rota:${name}`)
      const own = `${binding}-${resource.replace(/[^a-z0-9]+/g, '-')}`
      const verbs = needs.find(right => resourceName(right.group, right.resource) === resource)?.verbs ?? [verb]
      const made = `kubectl create ${kind}role ${own}${scope} --verb=${verbs.join(',')} --resource=${resource}`
      return `${made} && ${bind(own, `${kind}role`, own)}`
    },
  }
}
