import { describe, expect, it } from 'vitest'
import { annotated, applied, daemonSet, deployment, patchIn, runOf, statefulSet } from '../../../test/builders/items.ts'
import type { Fault } from '../../api/fault.ts'
import { LAST_RUN_ANNOTATION } from '../../api/names.ts'
import { NOTHING } from '../contract.ts'
import type { Item } from '../item.ts'
import { restart } from './restart.ts'

const run = runOf({ operation: 'restart' })
const plan = (items: readonly Item[], names?: string[]) =>
  restart.plan(
    { kinds: ['Deployment', 'StatefulSet', 'DaemonSet'], ...(names && { names }) },
    { items, faults: [] },
    run,
  )

describe('restart', () => {
  it('changes the pod template as kubectl does, stamped with the slot', () => {
    const planned = plan([deployment(3), statefulSet(1), daemonSet()])
    expect(planned.actions.map(({ says }) => says)).toEqual([
      'Deployment/web: restarted',
      'StatefulSet/db: restarted',
      'DaemonSet/agent: restarted',
    ])
    expect(patchIn(planned.actions[0]).body).toEqual({
      metadata: { annotations: { [LAST_RUN_ANNOTATION]: 'run-1' } },
      spec: {
        template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': '2026-01-05T20:00:00Z' } } },
      },
    })
  })

  it('restarts only what is named', () => {
    expect(plan([deployment(3), statefulSet(1)], ['db']).actions.map(({ target }) => target.name)).toEqual(['db'])
  })

  it('does what it has done no second time', () => {
    const item = annotated(deployment(3), { [LAST_RUN_ANNOTATION]: 'run-1' })
    expect(plan([item])).toMatchObject({ actions: [], done: [{ name: 'web' }], already: 0, left: [] })
  })

  it('does it no second time either where another run has put its mark since', () => {
    const [action] = plan([deployment(3)]).actions
    const restarted = applied({ ...NOTHING, actions: action ? [action] : [] }, [deployment(3)]) as [Item]
    expect(plan([annotated(restarted[0], { [LAST_RUN_ANNOTATION]: 'run-2' })])).toMatchObject({
      actions: [],
      already: 1,
    })
  })

  it('names that do not exist fail the run, and the others are restarted', () => {
    const planned = plan([deployment(3)], ['web', 'api'])
    expect(planned.actions).toHaveLength(1)
    expect(planned.faults).toEqual([
      { class: 'Gone', reason: 'NotFound', message: 'there is no Deployment or StatefulSet or DaemonSet named api' },
    ])
  })

  it('names are not known to be missing while something could not be listed', () => {
    const fault: Fault = { class: 'Refused', reason: 'Forbidden', message: 'may not list' }
    const seen = { items: [], faults: [fault] }
    expect(restart.plan({ kinds: ['Deployment'], names: ['web'] }, seen, run).faults).toEqual([fault])
  })

  it.each<[string, Item, string, string]>([
    ['a paused Deployment', deployment(3, { spec: { replicas: 3, paused: true } }), 'Paused', 'its rollout is paused'],
    ['an object on its way out', deployment(3, { terminating: true }), 'Terminating', 'is being deleted'],
    [
      "another controller's",
      deployment(3, { owner: { kind: 'Rollout', name: 'web' } }),
      'Owned',
      'owned by Rollout/web',
    ],
  ])('leaves out %s and says why', (_, item, reason, message) => {
    expect(plan([item], ['web'])).toMatchObject({ actions: [], done: [], left: [{ reason, message }], faults: [] })
  })
})
