import { describe, expect, it } from 'vitest'
import {
  annotated,
  applied,
  cronJob,
  deployment,
  holder,
  OWN,
  patchIn,
  rollout,
  runOf,
  sleepOn,
  statefulSet,
  withSleep,
} from '../../../test/builders/items.ts'
import { LAST_RUN_ANNOTATION, SLEEP_ANNOTATION } from '../../api/names.ts'
import type { Plan } from '../contract.ts'
import type { Item } from '../item.ts'
import { type Gone, goneOn } from '../shared/sleep-state.ts'
import { type WakeSpec, wake } from './wake.ts'

const run = runOf({ operation: 'wake' })
const plan = (items: readonly Item[], holders: WakeSpec['holders'] = 'Own', gone: Gone = new Set()): Plan =>
  wake.plan({ holders, kinds: [], choice: {} }, { items, faults: [], gone }, run)
const other = { ...holder('weekend') }

describe('puts back', () => {
  it.each<[string, Item, Item['spec'], string]>([
    ['a Deployment', withSleep(deployment(0), 3), { replicas: 3 }, 'Deployment/web: replicas 0 → 3'],
    ['a StatefulSet', withSleep(statefulSet(0), 2), { replicas: 2 }, 'StatefulSet/db: replicas 0 → 2'],
    ['a CronJob', withSleep(cronJob(true), false), { suspend: false }, 'CronJob/report: not suspended'],
    [
      'for a task made again under the same name',
      withSleep(deployment(0), 3, { holders: [{ ...OWN, uid: 'old' }] }),
      { replicas: 3 },
      'Deployment/web: replicas 0 → 3',
    ],
    [
      'for a task that was renamed in place',
      withSleep(deployment(0), 3, { holders: [{ ...OWN, task: 'team-a/old' }] }),
      { replicas: 3 },
      'Deployment/web: replicas 0 → 3',
    ],
  ])('%s', (_, item, spec, says) => {
    const planned = plan([item])
    expect(planned).toMatchObject({ left: [], faults: [], already: 0, actions: [{ says, version: '1' }] })
    const [after] = applied(planned, [item])
    expect(after?.spec).toEqual(spec)
    expect(after?.metadata.annotations).toEqual({ [LAST_RUN_ANNOTATION]: 'run-1' })
  })

  it('in one request that touches no other annotation', () => {
    const item = annotated(withSleep(deployment(0), 3), { team: 'a' })
    expect(patchIn(plan([item]).actions[0]).body).toEqual({
      metadata: { annotations: { [SLEEP_ANNOTATION]: null, [LAST_RUN_ANNOTATION]: 'run-1' } },
      spec: { replicas: 3 },
    })
  })

  it("everybody's sleep with the stand-alone operation", () => {
    const items = [withSleep(deployment(0), 3, { holders: [other, { ...holder('third') }] })]
    expect(plan(items)).toMatchObject({ actions: [], left: [] })
    const [after] = applied(plan(items, 'All'), items)
    expect([after?.spec, sleepOn(after)]).toEqual([{ replicas: 3 }, undefined])
  })

  it('even if nobody holds it any more, but only with the stand-alone operation', () => {
    const items = [withSleep(deployment(0), 3, { holders: [] })]
    expect(plan(items).actions).toEqual([])
    expect(applied(plan(items, 'All'), items)[0]?.spec).toEqual({ replicas: 3 })
  })
})

describe('by a scale subresource', () => {
  it('puts back first, and forgets then', () => {
    expect(plan([withSleep(rollout(0), 3)]).actions).toMatchObject([{ scale: { replicas: 3, first: true } }])
  })

  it.each<[string, Item]>([
    ['put back and not yet forgotten', withSleep(rollout(3), 3)],
    ['kept and never turned off', withSleep(rollout(3), 3, { to: 1 })],
  ])('only forgets what was %s', (_, item) => {
    const planned = plan([item])
    expect(planned).toMatchObject({ left: [] })
    expect(planned.actions[0]).not.toHaveProperty('scale')
    expect(applied(planned, [item])[0]?.scale?.replicas).toBe(3)
  })

  it('puts back what sleeps deeper than it says', () => {
    expect(plan([withSleep(rollout(0), 3, { to: 1 })]).actions).toMatchObject([
      { scale: { replicas: 3 }, says: 'Rollout/web: replicas 0 → 3' },
    ])
  })
})

describe('other holders', () => {
  const item = withSleep(deployment(0), 3, { holders: [{ ...OWN }, other] })

  it('keep it asleep; the own one goes, and that is reported', () => {
    const planned = plan([item])
    const message = 'still held asleep by team-a/weekend'
    expect(planned.left).toEqual([
      { target: expect.objectContaining({ name: 'web' }), reason: 'HeldByOthers', message },
    ])
    const [after] = applied(planned, [item])
    expect(after?.spec).toEqual({ replicas: 0 })
    expect(sleepOn(after)).toMatchObject({ from: 3, to: 0, holders: [other] })
  })

  it('do not keep it asleep once their task is gone', async () => {
    const gone = await goneOn([item], { ...run, isGone: async ({ uid }) => uid === other.uid })
    const planned = plan([item], 'Own', gone)
    expect(applied(planned, [item])[0]?.spec).toEqual({ replicas: 3 })
  })

  it('do not hold what somebody has changed in its sleep', () => {
    const awake = { ...item, spec: { replicas: 5 } }
    const planned = plan([awake])
    expect(planned.left).toMatchObject([{ reason: 'ChangedByOthers' }])
    const [after] = applied(planned, [awake])
    expect([after?.spec, sleepOn(after)]).toEqual([{ replicas: 5 }, undefined])
  })
})

describe('what others want wins', () => {
  it.each<[string, Item, string]>([
    ['a number', withSleep(deployment(10), 3), 'changed to replicas 10 in its sleep: left so'],
    ['the very number of before', withSleep(deployment(3), 3), 'changed to replicas 3 in its sleep: left so'],
    ['no number, which means 1', withSleep(deployment(undefined), 3), 'changed to replicas 1 in its sleep: left so'],
    ['a CronJob resumed', withSleep(cronJob(false), false), 'changed to not suspended in its sleep: left so'],
  ])('%s', (_, item, message) => {
    const planned = plan([item])
    expect(planned.left).toMatchObject([{ reason: 'ChangedByOthers', message }])
    const [after] = applied(planned, [item])
    expect(after?.spec).toEqual(item.spec)
    expect(sleepOn(after)).toBeUndefined()
  })
})

describe('is not touched', () => {
  it.each<[string, Item]>([
    ['what does not sleep', deployment(0)],
    ["what only others' tasks hold", withSleep(deployment(0), 3, { holders: [other] })],
    [
      'a copy that a controller made',
      withSleep(deployment(0, { owner: { kind: 'Rollout', name: 'web' } }), 3, { uid: 'another' }),
    ],
    [
      "nor is others' reported while it is deleted",
      withSleep(deployment(0, { terminating: true }), 3, { holders: [other] }),
    ],
    [
      'what this run has done, whatever it is now',
      annotated(withSleep(deployment(0), 3), { [LAST_RUN_ANNOTATION]: 'run-1' }),
    ],
  ])('%s', (_, item) => {
    expect(plan([item])).toMatchObject({ actions: [], left: [], faults: [] })
  })

  it.each<[string, Item, string, string]>([
    [
      'a copied state',
      withSleep(deployment(0), 3, { uid: 'another' }),
      'CopiedState',
      'its rota.dev/sleep is a copy from another object: not restored',
    ],
    ['an object on its way out', withSleep(deployment(0, { terminating: true }), 3), 'Terminating', 'is being deleted'],
    [
      'one on its way out with a damaged state',
      annotated(deployment(0, { terminating: true }), { [SLEEP_ANNOTATION]: '?' }),
      'Terminating',
      'is being deleted',
    ],
    [
      "another controller's",
      withSleep(deployment(0, { owner: { kind: 'Rollout', name: 'web' } }), 3),
      'Owned',
      'owned by Rollout/web',
    ],
  ])('%s, and that is reported', (_, item, reason, message) => {
    expect(plan([item])).toMatchObject({ actions: [], faults: [], left: [{ reason, message }] })
    expect(plan([item], 'All')).toMatchObject({ actions: [], faults: [], left: [{ reason, message }] })
  })

  it('a damaged state: that fails the run, and nothing is guessed', () => {
    const { actions, faults } = plan([
      annotated(deployment(0), { [SLEEP_ANNOTATION]: '{"from":3}' }),
      withSleep(statefulSet(0), 2),
    ])
    expect(actions.map(({ target }) => target.name)).toEqual(['db'])
    expect(faults).toMatchObject([
      {
        class: 'Invalid',
        reason: 'SleepStateDamaged',
        message: 'Deployment/web: annotation rota.dev/sleep is damaged: set the value and remove it by hand',
      },
    ])
  })
})
