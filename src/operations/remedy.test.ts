import { describe, expect, it } from 'vitest'
import type { OperationName } from '../api/task.ts'
import type { Missing, Right } from './contract.ts'
import { remedies } from './remedy.ts'

const account = { namespace: 'team-a', name: 'rota' }
const subject = '--serviceaccount=team-a:rota'

const rollouts: Right = { group: 'argoproj.io', resource: 'rollouts', verbs: ['list', 'patch'] }
const needs: Readonly<Partial<Record<OperationName, readonly Right[]>>> = {
  sleep: [rollouts],
  scale: [rollouts, { ...rollouts, resource: 'rollouts/scale', verbs: ['get', 'patch'] }],
  createNamespace: [{ group: '', resource: 'namespaces', verbs: ['get', 'create', 'patch'], cluster: true }],
  apply: [{ group: '', resource: 'secrets', verbs: ['get', 'create', 'patch'], implied: ['create'] }],
}

describe('what to type so that an account gets a right that it lacks', () => {
  it.each<[string, OperationName, Omit<Missing, 'account'>, string]>([
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
      `kubectl create role rota-apply-secrets -n team-a --verb=get,create,patch --resource=secrets && kubectl create rolebinding rota-apply-secrets -n team-a --role=rota-apply-secrets ${subject}`,
    ],
    [
      'for a namespace by its name: what is yet to be made holds no binding',
      'createNamespace',
      { verb: 'create', resource: 'namespaces', namespace: 'new' },
      `kubectl create clusterrole team-a-rota-createNamespace-new --verb=get,create,patch --resource=namespaces --resource-name=new && kubectl create clusterrolebinding team-a-rota-createNamespace-new --clusterrole=team-a-rota-createNamespace-new ${subject}`,
    ],
    [
      'a kind and its subresources at once',
      'scale',
      { verb: 'list', resource: 'rollouts.argoproj.io', namespace: 'team-a' },
      `kubectl create role rota-scale-rollouts-argoproj-io -n team-a --verb=list,patch,get --resource=rollouts.argoproj.io,rollouts.argoproj.io/scale && kubectl create rolebinding rota-scale-rollouts-argoproj-io -n team-a --role=rota-scale-rollouts-argoproj-io ${subject}`,
    ],
    [
      'to choose namespaces by label',
      'sleep',
      { verb: 'list', resource: 'namespaces' },
      `kubectl create clusterrole team-a-rota-sleep-namespaces --verb=list --resource=namespaces && kubectl create clusterrolebinding team-a-rota-sleep-namespaces --clusterrole=team-a-rota-sleep-namespaces ${subject}`,
    ],
  ])('%s', async (_, operation, missing, line) => {
    expect((await remedies(operation, needs[operation] ?? [])).remedy({ account, ...missing })).toBe(line)
  })
})

describe('what to type so that Rota may make a request in the name of accounts', () => {
  const prefix = 'impersonate-on:serviceaccount:'

  it.each<[string, OperationName, Omit<Missing, 'account'>, string]>([
    [
      'the shipped role, for usual kinds',
      'sleep',
      { verb: 'list', resource: 'deployments.apps', namespace: 'team-a' },
      'kubectl apply -f deploy/rbac/impersonation.yaml',
    ],
    [
      'a role beside it for other kinds, with all requests that the operation makes',
      'scale',
      { verb: 'list', resource: 'rollouts.argoproj.io', namespace: 'team-a' },
      `kubectl create clusterrole rota:impersonation:scale:rollouts.argoproj.io --verb=${prefix}list,${prefix}patch,${prefix}get --resource=rollouts.argoproj.io,rollouts.argoproj.io/scale && kubectl label clusterrole rota:impersonation:scale:rollouts.argoproj.io rota.dev/aggregate-to-impersonation=true`,
    ],
    [
      'without what is no request',
      'apply',
      { verb: 'get', resource: 'secrets', namespace: 'team-a' },
      `kubectl create clusterrole rota:impersonation:apply:secrets --verb=${prefix}get,${prefix}patch --resource=secrets && kubectl label clusterrole rota:impersonation:apply:secrets rota.dev/aggregate-to-impersonation=true`,
    ],
  ])('%s', async (_, operation, missing, line) => {
    expect((await remedies(operation, needs[operation] ?? [])).permission({ account, ...missing })).toBe(line)
  })
})
