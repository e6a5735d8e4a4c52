import { describe, expect, it } from 'vitest'
import { at, objectOf, task } from '../../../test/builders/task.ts'
import { asApplied, knownTasks, type Subject } from './tasks.ts'

const NOON = at('2026-01-05T12:00:00Z')
const written = {
  metadata: { name: 'nights-off', annotations: { 'rota.dev/hold-until': '2026-01-06T00:00:00Z' } },
  spec: { schedule: null, suspend: true, operation: { restart: {} } },
}
const subject = (object: Subject['object']): Subject => ({ object, file: 'a.yaml:1', isInCluster: false })

describe('a manifest as it would be stored', () => {
  it('is a new task with the defaults of the CRD', () => {
    const { metadata, spec, status } = asApplied(written, 'team-a', undefined, NOON)
    expect(metadata).toMatchObject({
      name: 'nights-off',
      namespace: 'team-a',
      creationTimestamp: '2026-01-05T12:00:00Z',
    })
    expect(spec).toMatchObject({
      timeZone: 'UTC',
      suspend: true,
      operation: { restart: { kinds: ['Deployment', 'StatefulSet', 'DaemonSet'] } },
    })
    expect([spec, status]).toEqual([expect.not.objectContaining({ schedule: null }), undefined])
  })

  it('takes the place of the spec of a task, whose identity, status and other annotations stay', () => {
    const before = objectOf(task({ wake: 'w1', spec: { schedule: '0 20 * * *' } }))
    const { metadata, spec, status } = asApplied(written, 'team-a', before, NOON)
    expect(metadata).toMatchObject({
      uid: 'uid-of-nights-off',
      annotations: { 'rota.dev/wake': 'w1', ...written.metadata.annotations },
    })
    expect(status).toEqual(before.status)
    expect(spec.schedule).toBeUndefined()
  })
})

describe('the tasks that are known', () => {
  it('are those of the cluster with the manifests in their place', () => {
    const a = objectOf(task({ name: 'a', spec: { dependsOn: [{ name: 'b' }] } }))
    const b = objectOf(task({ name: 'b' }))
    const cyclic = objectOf(task({ name: 'b', spec: { dependsOn: [{ name: 'a' }] } }))
    expect(knownTasks([a, b], [], true).task(b).problem).toBeUndefined()
    expect(knownTasks([a, b], [subject(cyclic)], true).task(cyclic).problem?.reason).toBe('DependencyCycle')
  })

  it('are all only when the whole cluster was seen', () => {
    expect(knownTasks([], [], false).seesAll).toBe(false)
  })
})
