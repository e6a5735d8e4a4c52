import { describe, expect, it } from 'vitest'
import type { Missing } from './contract.ts'
import { remedies } from './remedy.ts'

const account = { namespace: 'team-a', name: 'rota' }
const subject = '--serviceaccount=team-a:rota'

describe('what to type so that an account gets a right that it lacks', () => {
  it.each<[string, 'sleep' | 'deleteNamespace' | 'createNamespace' | 'apply', Omit<Missing, 'account'>, string]>([
    [
      "the operation's role, in the account's own namespace",
      'sleep',
      { verb: 'list', resource: 'deployments.apps', namespace: 'team-a' },
      `kubectl create rolebinding rota-sleep -n team-a --clusterrole=rota:sleep ${subject}`,
    ],
    [
      'in another one, where accounts of several namespaces may have one name',
      'sleep',
      { verb: 'patch', resource: 'cronjobs.batch', namespace: 'team-b' },
      `kubectl create rolebinding team-a-rota-sleep -n team-b --clusterrole=rota:sleep ${subject}`,
    ],
    [
      'a role of its own for a kind that is not in the shipped one, with all verbs that the operation takes',
      'sleep',
      { verb: 'list', resource: 'rollouts.argoproj.io', namespace: 'team-a' },
      `kubectl create role rota-sleep-rollouts-argoproj-io -n team-a --verb=list,patch --resource=rollouts.argoproj.io && kubectl create rolebinding rota-sleep-rollouts-argoproj-io -n team-a --role=rota-sleep-rollouts-argoproj-io ${subject}`,
    ],
    [
      'secrets are in no shipped role',
      'apply',
      { verb: 'create', resource: 'secrets', namespace: 'team-a' },
      `kubectl create role rota-apply-secrets -n team-a --verb=create --resource=secrets && kubectl create rolebinding rota-apply-secrets -n team-a --role=rota-apply-secrets ${subject}`,
    ],
    [
      'in the whole cluster, what no namespace can grant',
      'createNamespace',
      { verb: 'create', resource: 'namespaces' },
      `kubectl create clusterrolebinding team-a-rota-createNamespace --clusterrole=rota:createNamespace ${subject}`,
    ],
    [
      'to choose namespaces by label',
      'sleep',
      { verb: 'list', resource: 'namespaces' },
      `kubectl create clusterrole team-a-rota-sleep-namespaces --verb=list --resource=namespaces && kubectl create clusterrolebinding team-a-rota-sleep-namespaces --clusterrole=team-a-rota-sleep-namespaces ${subject}`,
    ],
    [
      'to delete one namespace',
      'deleteNamespace',
      { verb: 'delete', resource: 'namespaces', namespace: 'old' },
      `kubectl create rolebinding team-a-rota-deleteNamespace -n old --clusterrole=rota:deleteNamespace ${subject}`,
    ],
  ])('%s', async (_, operation, missing, line) => {
    const needs = [{ group: 'argoproj.io', resource: 'rollouts', verbs: ['list', 'patch'] }]
    expect((await remedies(operation, needs)).remedy({ account, ...missing })).toBe(line)
  })
})
