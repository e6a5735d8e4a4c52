import { describe, expect, it } from 'vitest'
import {
  annotated,
  applied,
  deployment,
  patchIn,
  runOf,
  sleepOn,
  statefulSet,
  withSleep,
} from '../../../test/builders/items.ts'
import type { Fault } from '../../api/fault.ts'
import { LAST_RUN_ANNOTATION } from '../../api/names.ts'
import type { Item } from '../item.ts'
import { scale } from './scale.ts'

const run = runOf({ operation: 'scale' })
const plan = (items: readonly Item[], names: string[], replicas = 2, faults: readonly Fault[] = []) =>
  scale.plan({ kinds: ['Deployment', 'StatefulSet'], names, replicas }, { items, faults }, run)

describe('scale', () => {
  it.each<[string, Item, string]>([
    ['up', deployment(0), 'Deployment/web: replicas 0 → 2'],
    ['down', deployment(5), 'Deployment/web: replicas 5 → 2'],
    ['from what means 1', deployment(undefined), 'Deployment/web: replicas 1 → 2'],
    ['a StatefulSet', statefulSet(1, { name: 'web' }), 'StatefulSet/web: replicas 1 → 2'],
    ['one that sleeps, whose wake will leave it so', withSleep(deployment(0), 3), 'Deployment/web: replicas 0 → 2'],
    ['a paused Deployment', deployment(1, { spec: { replicas: 1, paused: true } }), 'Deployment/web: replicas 1 → 2'],
  ])('sets the number: %s', (_, item, says) => {
    const planned = plan([item], ['web'])
    expect(planned).toMatchObject({ left: [], faults: [], already: 0, actions: [{ says }] })
    expect(patchIn(planned.actions[0]).body).toEqual({
      metadata: { annotations: { [LAST_RUN_ANNOTATION]: 'run-1' } },
      spec: { replicas: 2 },
    })
    const [after] = applied(planned, [item])
    expect(after?.spec?.replicas).toBe(2)
    expect(sleepOn(after)).toEqual(sleepOn(item))
  })

  it('leaves alone what is not named, what is so already and what this run has done', () => {
    const done = annotated(deployment(7, { name: 'done' }), { [LAST_RUN_ANNOTATION]: 'run-1' })
    const items = [deployment(5, { name: 'other' }), deployment(2, { name: 'so' }), done]
    expect(plan(items, ['so', 'done'])).toMatchObject({
      actions: [],
      done: [{ name: 'done' }],
      already: 1,
      left: [],
      faults: [],
    })
  })

  it.each<[Item, string]>([
    [deployment(5, { terminating: true }), 'Terminating'],
    [deployment(5, { owner: { kind: 'Rollout', name: 'web' } }), 'Owned'],
  ])('leaves %# out and says why, without missing its name', (item, reason) => {
    expect(plan([item], ['web'])).toMatchObject({ actions: [], already: 0, left: [{ reason }], faults: [] })
  })
})

describe('names that do not exist', () => {
  const missing = (name: string) => ({
    class: 'Gone',
    reason: 'NotFound',
    message: `there is no Deployment or StatefulSet named ${name}`,
  })

  it('fail the run, and the others are scaled', () => {
    const planned = plan([deployment(5)], ['api', 'web', 'db'])
    expect(planned.actions).toHaveLength(1)
    expect(planned.faults).toEqual([missing('api'), missing('db')])
  })

  it('need to exist in one of the namespaces only', () => {
    expect(plan([deployment(5, { namespace: 'team-b' })], ['web']).faults).toEqual([])
  })

  it('are not known to be missing while something could not be listed', () => {
    const fault: Fault = { class: 'Refused', reason: 'Forbidden', message: 'may not list' }
    expect(plan([], ['web'], 2, [fault]).faults).toEqual([fault])
  })
})
