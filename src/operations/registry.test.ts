import { describe, expect, it } from 'vitest'
import { deployment, holder, runOf, withSleep } from '../../test/builders/items.ts'
import { sleepSpec, specOf } from '../../test/builders/task.ts'
import { OPERATIONS, type OperationName, type Spec } from '../api/task.ts'
import type { Discovery } from './contract.ts'
import { operationFor } from './registry.ts'

const spec = (operation: Spec['operation']): Spec => specOf({ operation })
const nothing: Discovery = { find: async () => undefined }
const kinds = ['Deployment', 'StatefulSet', 'CronJob', 'ScaledObject.keda.sh']
const configMap = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}'

const EACH: Readonly<Record<OperationName, readonly [Spec['operation'], readonly string[]]>> = {
  sleep: [
    { sleep: sleepSpec({ replicas: 1, verify: { timeoutSeconds: 9 } }) },
    [
      ...['list,patch deployments', 'list,patch statefulsets', 'list,patch cronjobs'],
      ...['list horizontalpodautoscalers', 'list pods'],
    ],
  ],
  wake: [{ wake: { kinds } }, ['list,patch deployments', 'list,patch statefulsets', 'list,patch cronjobs']],
  scale: [{ scale: { kinds: ['Deployment'], names: ['web'], replicas: 2 } }, ['list,patch deployments']],
  restart: [{ restart: { kinds: ['StatefulSet', 'DaemonSet'] } }, ['list,patch statefulsets', 'list,patch daemonsets']],
  cleanup: [{ cleanup: { kinds: ['Pod', 'Job'], keepNewest: 3 } }, ['list,delete pods', 'list,delete jobs']],
  createNamespace: [
    { createNamespace: { manifests: configMap } },
    ['get,create,patch namespaces', 'get,create,patch configmaps'],
  ],
  deleteNamespace: [{ deleteNamespace: { confirm: ['old'] } }, ['get,delete namespaces']],
  patch: [{ patch: { kind: 'ConfigMap', names: ['a'], type: 'Merge', patch: '{}' } }, ['list,patch configmaps']],
  apply: [{ apply: { manifests: configMap, force: false } }, ['get,create,patch configmaps']],
  job: [{ job: { image: 'busybox' } }, ['get,create,delete jobs', 'list pods', 'get pods/log']],
}

describe('the operation of a run', () => {
  it.each(OPERATIONS)('%s says which rights it takes', async name => {
    const [operation, expected] = EACH[name]
    const bound = operationFor(name, spec(operation))
    expect(bound?.name).toBe(name)
    const rights = (await bound?.rights(nothing)) ?? []
    expect(rights.map(({ verbs, resource }) => `${verbs} ${resource}`)).toEqual(expected)
  })

  it('is none when the spec has another one', () => {
    for (const name of OPERATIONS) {
      const other = EACH[name === 'restart' ? 'scale' : 'restart'][0]
      if (name !== 'wake') expect(operationFor(name, spec(other))).toBeUndefined()
    }
  })

  it.each([
    ['stand-alone', spec({ wake: { kinds } }), undefined, 1],
    ["of a task that sleeps: the task's own", spec({ sleep: sleepSpec() }), { kinds: [] }, 0],
    ['of a task that slept and was edited: its own first', spec({ wake: { kinds } }), { kinds: [] }, 0],
  ] as const)("a wake, %s, ends others' sleep or not", (_, of, sleeps, actions) => {
    const items = [withSleep(deployment(0), 3, { holders: [{ ...holder('weekend') }] })]
    const seen = { items, faults: [] }
    const plan = operationFor('wake', of, sleeps)?.plan(seen, runOf({ operation: 'wake' }))
    expect(plan?.actions).toHaveLength(actions)
  })
})
