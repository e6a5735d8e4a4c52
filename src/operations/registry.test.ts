import { describe, expect, it } from 'vitest'
import { deployment, holder, runOf, withSleep } from '../../test/builders/items.ts'
import { specOf } from '../../test/builders/task.ts'
import type { Spec } from '../api/task.ts'
import { operationFor } from './registry.ts'

const spec = (operation: Spec['operation']): Spec => specOf({ operation })

describe('the operation of a run', () => {
  it.each([
    ['sleep', spec({ sleep: { onDelete: 'Wake' } }), ['deployments', 'statefulsets', 'cronjobs']],
    ['wake', spec({ wake: {} }), ['deployments', 'statefulsets', 'cronjobs']],
    ['scale', spec({ scale: { kinds: ['Deployment'], names: ['web'], replicas: 2 } }), ['deployments']],
    ['restart', spec({ restart: { kinds: ['StatefulSet', 'DaemonSet'] } }), ['statefulsets', 'daemonsets']],
  ] as const)('%s says which rights it takes', (name, of, resources) => {
    const bound = operationFor(name, of, false)
    expect(bound?.name).toBe(name)
    expect(bound?.rights.map(({ resource }) => resource)).toEqual(resources)
    for (const { verbs } of bound?.rights ?? []) expect(verbs).toEqual(['list', 'patch'])
  })

  it('is none when the spec has another one', () => {
    for (const name of ['sleep', 'scale', 'restart'] as const) {
      expect(operationFor(name, spec({ wake: {} }), false)).toBeUndefined()
    }
  })

  it.each([
    ['stand-alone', spec({ wake: {} }), false, 1],
    ["of a task that sleeps: the task's own", spec({ sleep: { onDelete: 'Wake' } }), true, 0],
    ['of a task that slept and was edited: its own first', spec({ wake: {} }), true, 0],
  ] as const)("a wake, %s, ends others' sleep or not", (_, of, sleeps, actions) => {
    const items = [withSleep(deployment(0), 3, { holders: [{ ...holder('weekend') }] })]
    const plan = operationFor('wake', of, sleeps)?.plan({ items, faults: [] }, runOf({ operation: 'wake' }))
    expect(plan?.actions).toHaveLength(actions)
  })
})
