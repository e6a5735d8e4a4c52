import { describe, expect, it } from 'vitest'
import {
  annotated,
  applied,
  cronJob,
  deployment,
  holder,
  OWN,
  rollout,
  runOf,
  scaledObject,
  sleepOn,
  statefulSet,
  withSleep,
} from '../../../test/builders/items.ts'
import { asleepOf, sleepSpec } from '../../../test/builders/task.ts'
import { LAST_RUN_ANNOTATION, SLEEP_ANNOTATION } from '../../api/names.ts'
import type { Plan, RunContext } from '../contract.ts'
import type { Item } from '../item.ts'
import { type Gone, goneOn } from '../shared/sleep-state.ts'
import { sleep } from './sleep.ts'

const plan = (items: readonly Item[], run: RunContext = runOf(), gone: Gone = new Set()): Plan =>
  sleep.plan(sleepSpec(), { items, faults: [], autoscalers: [], gone }, run)
const others = (n: number) => Array.from({ length: n }, (_, index) => ({ ...holder(`other-${index}`) }))
const own = { ...OWN, run: 'run-1' }

describe('puts to sleep', () => {
  it.each<[string, Item, object, string]>([
    ['a Deployment', deployment(3), { replicas: 0 }, 'Deployment/web: replicas 3 → 0'],
    ['one without a number, which means 1', deployment(undefined), { replicas: 0 }, 'Deployment/web: replicas 1 → 0'],
    [
      'a paused Deployment',
      deployment(2, { spec: { replicas: 2, paused: true } }),
      { replicas: 0 },
      'Deployment/web: replicas 2 → 0',
    ],
    ['a StatefulSet', statefulSet(2), { replicas: 0 }, 'StatefulSet/db: replicas 2 → 0'],
    ['a CronJob', cronJob(false), { suspend: true }, 'CronJob/report: suspended'],
    ['a CronJob that says nothing', cronJob(undefined), { suspend: true }, 'CronJob/report: suspended'],
  ])('%s', (_, item, spec, says) => {
    const { actions, already, left, faults, asleep } = plan([item])
    expect({ already, left, faults, asleep }).toEqual({ already: 0, left: [], faults: [], asleep: asleepOf(1) })
    expect(actions).toHaveLength(1)
    expect(actions[0]).toMatchObject({ do: 'Patch', version: '1', body: { spec }, says })
  })

  it('value, what it was, and the mark of the run in one request, with the version that was seen', () => {
    const item = deployment(3, { version: '41', uid: 'u1' })
    expect(plan([item]).actions[0]).toEqual({
      do: 'Patch',
      target: { kind: item.kind, namespace: 'team-a', name: 'web' },
      version: '41',
      body: {
        metadata: {
          annotations: {
            [SLEEP_ANNOTATION]: JSON.stringify({ v: 1, uid: 'u1', from: 3, to: 0, holders: [own] }),
            [LAST_RUN_ANNOTATION]: 'run-1',
          },
        },
        spec: { replicas: 0 },
      },
      says: 'Deployment/web: replicas 3 → 0',
    })
  })

  it('without touching other annotations', () => {
    const [after] = applied(
      plan([deployment(3, { annotations: { team: 'a', [`${LAST_RUN_ANNOTATION}-not`]: 'b' } })]),
      [deployment(3, { annotations: { team: 'a', [`${LAST_RUN_ANNOTATION}-not`]: 'b' } })],
    )
    expect(after?.metadata.annotations).toMatchObject({ team: 'a', [`${LAST_RUN_ANNOTATION}-not`]: 'b' })
  })
})

describe('by a scale subresource', () => {
  const turnsOff = (of: Item, first: boolean) =>
    expect(plan([of]).actions).toMatchObject([{ scale: { replicas: 0, first }, body: { metadata: {} } }])

  it('keeps the number first', () => {
    turnsOff(rollout(3), false)
  })

  it('turns off first what another sleep holds less deep: whatever is missing then, the first number is there', () => {
    const shallow = withSleep(rollout(1), 3, { to: 1, holders: others(1) })
    turnsOff(shallow, true)
    const between = withSleep(rollout(0), 3, { to: 1, holders: others(1) })
    const [after] = applied(plan([between]), [between])
    expect(sleepOn(after)).toMatchObject({ from: 3, to: 0, holders: [...others(1), own] })
  })

  it('turns off what this run has only marked', () => {
    const marked = annotated(withSleep(rollout(3), 3, { holders: [own] }), { [LAST_RUN_ANNOTATION]: 'run-1' })
    turnsOff(marked, false)
    const edited = { ...marked, scale: { replicas: 5, running: 5 } }
    expect(plan([edited])).toMatchObject({ actions: [], done: [{ name: 'web' }] })
  })
})

describe('a ScaledObject', () => {
  const paused = (pause: string) => scaledObject({ 'autoscaling.keda.sh/paused-replicas': pause })
  it.each<[string, Item, string, string | null]>([
    ['is paused', scaledObject(), 'ScaledObject/queue: paused at 0', null],
    ['is paused lower than people have', paused('2'), 'ScaledObject/queue: paused at 0', '2'],
    ['is paused whatever people have written', paused('two'), 'ScaledObject/queue: paused at 0', 'two'],
    [
      'also if it was told to go on',
      scaledObject({ 'autoscaling.keda.sh/paused': 'false' }),
      'ScaledObject/queue: paused at 0',
      null,
    ],
  ])('%s, and its workload is left to it', (_, item, says, from) => {
    const planned = plan([item, deployment(3)])
    expect(planned.actions.map(action => action.says)).toEqual([says])
    const [after] = applied(planned, [item])
    expect(after?.metadata.annotations).toMatchObject({ 'autoscaling.keda.sh/paused-replicas': '0' })
    expect(sleepOn(after)).toMatchObject({ from, to: '0' })
  })

  it('that people have paused at 0 stays so', () => {
    expect(plan([paused('0'), deployment(0)])).toMatchObject({ actions: [], already: 1 })
  })

  it('that people have told to stand still would not wake its workload: the workload sleeps itself', () => {
    const still = scaledObject({ 'autoscaling.keda.sh/paused': 'true' })
    expect(plan([still, deployment(3)]).actions.map(({ says }) => says)).toEqual(['Deployment/web: replicas 3 → 0'])
  })

  it('whose pause cannot be kept is left out', () => {
    expect(plan([paused(`${'0'.repeat(16)}7`)])).toMatchObject({ actions: [], left: [{ reason: 'TooManyReplicas' }] })
  })
})

describe('what another object controls', () => {
  const of = ({ kind, metadata: { name, uid } }: Item) => ({ owner: { kind: kind.kind, name, uid } })
  const reasons = (items: readonly Item[]) =>
    plan(items).left.map(({ target, message }) => `${target.name}: ${message}`)

  it.each<[string, Item]>([
    ['sleeps', rollout(3)],
    ['sleeps already', rollout(0)],
    ['has been put to sleep by this run', annotated(rollout(0), { [LAST_RUN_ANNOTATION]: 'run-1' })],
  ])('is not mentioned when that %s', (_, owner) => {
    expect(reasons([owner, deployment(2, { name: 'api', ...of(owner) })])).toEqual([])
  })

  it.each<[string, readonly Item[]]>([
    ['is not listed', []],
    ['is another one of that name', [rollout(3, { uid: 'another' })]],
  ])('is left out when that %s', (_, around) => {
    expect(reasons([...around, deployment(2, { name: 'api', ...of(rollout(3)) })])).toEqual([
      'api: owned by Rollout/web',
    ])
  })

  it('is left out with it when that is left out', () => {
    const owner = rollout(undefined)
    expect(reasons([owner, deployment(2, { name: 'api', ...of(owner) })])).toEqual([
      'web: its number of replicas is not set',
      'api: owned by Rollout/web',
    ])
  })
})

describe('what is kept', () => {
  it.each<[string, Item, object]>([
    [
      'a second holder is added, the first number stays',
      withSleep(deployment(0), 3, { holders: others(1) }),
      { from: 3, holders: [...others(1), own] },
    ],
    ['what was changed in its sleep is the new original', withSleep(deployment(5), 3), { from: 5, holders: [own] }],
    [
      'then, too, other holders stay',
      withSleep(deployment(5), 3, { holders: [{ ...OWN }, ...others(1)] }),
      { from: 5, holders: [...others(1), own] },
    ],
    [
      'a task made again under the same name adopts',
      withSleep(deployment(0), 3, { holders: [{ ...OWN, uid: 'old' }] }),
      { from: 3, holders: [own] },
    ],
    ['a copied state is replaced', withSleep(deployment(2), 3, { uid: 'another' }), { from: 2, holders: [own] }],
    [
      'the eighth holder still fits',
      withSleep(deployment(0), 3, { holders: others(7) }),
      { from: 3, holders: [...others(7), own] },
    ],
    ['a CronJob resumed in its sleep', withSleep(cronJob(false), false), { from: false, to: true, holders: [own] }],
  ])('%s', (_, item, state) => {
    expect(sleepOn(applied(plan([item]), [item])[0])).toMatchObject(state)
  })

  it('holders whose task is gone make room', async () => {
    const item = withSleep(deployment(0), 3, { holders: others(8) })
    const run = runOf({ isGone: async ({ task }) => task === 'team-a/other-4' })
    const planned = plan([item], run, await goneOn([item], run))
    expect(planned.left).toEqual([])
    expect(sleepOn(applied(planned, [item])[0])).toMatchObject({ holders: [...others(8).toSpliced(4, 1), own] })
  })

  it('one that sleeps already is said to be held too, not to be scaled', () => {
    const { actions } = plan([withSleep(deployment(0), 3, { holders: others(1) })])
    expect(actions.map(({ says }) => says)).toEqual(['Deployment/web: asleep already, now for this task too'])
  })
})

describe('is not touched', () => {
  it.each<[string, Item, Partial<Plan>]>([
    ['a Deployment at 0', deployment(0), { already: 1, asleep: asleepOf(0) }],
    ['a suspended CronJob', cronJob(true), { already: 1, asleep: asleepOf(0) }],
    ['what this task has put to sleep before', withSleep(deployment(0), 3), { already: 1, asleep: asleepOf(1) }],
    [
      'and others with it',
      withSleep(deployment(0), 3, { holders: [{ ...OWN }, ...others(7)] }),
      { already: 1, asleep: asleepOf(1) },
    ],
    [
      'one at 0 with a copied state',
      withSleep(deployment(0), 3, { uid: 'another' }),
      { already: 1, asleep: asleepOf(0) },
    ],
    [
      'what this run has done, whatever it is now',
      annotated(deployment(3), { [LAST_RUN_ANNOTATION]: 'run-1' }),
      { already: 0, asleep: asleepOf(0), done: [{ kind: deployment(3).kind, namespace: 'team-a', name: 'web' }] },
    ],
    [
      'what this run has done, whatever another run has made of it since',
      annotated(withSleep(deployment(2), 3, { holders: [own] }), { [LAST_RUN_ANNOTATION]: 'run-2' }),
      { already: 0, asleep: asleepOf(1), done: [{ kind: deployment(3).kind, namespace: 'team-a', name: 'web' }] },
    ],
    [
      'what this run has done and still sleeps',
      annotated(withSleep(deployment(0), 3), { [LAST_RUN_ANNOTATION]: 'run-1' }),
      { already: 0, asleep: asleepOf(1) },
    ],
  ])('%s', (_, item, expected) => {
    expect(plan([item])).toMatchObject({ actions: [], left: [], faults: [], ...expected })
  })

  it.each<[string, Item, string, string]>([
    ['an object on its way out', deployment(3, { terminating: true }), 'Terminating', 'is being deleted'],
    [
      "another controller's",
      deployment(3, { owner: { kind: 'Rollout', name: 'web' } }),
      'Owned',
      'owned by Rollout/web',
    ],
    [
      'one with a ninth holder',
      withSleep(deployment(0), 3, { holders: others(8) }),
      'TooManyHolders',
      'held by 8 other tasks',
    ],
    [
      'one with more replicas than can be kept',
      deployment(10_001),
      'TooManyReplicas',
      'replicas 10001 is more than can be kept',
    ],
  ])('%s, and that is reported', (_, item, reason, message) => {
    const { actions, left, asleep } = plan([item])
    expect({ actions, left, asleep }).toEqual({
      actions: [],
      left: [{ target: expect.objectContaining({ name: 'web' }), reason, message }],
      asleep: asleepOf(0),
    })
  })

  it('an owner that does not control is no owner', () => {
    expect(plan([deployment(3, { owner: { kind: 'Team', name: 'a', controller: false } })]).actions).toHaveLength(1)
  })
})

describe('a damaged state fails the run and is left to people', () => {
  const good = { v: 1, uid: deployment(0).metadata.uid, from: 3, to: 0, holders: [{ ...OWN }] }
  it.each<[string, string]>([
    ['no JSON', '{"v":1'],
    ['empty', ''],
    ['no object', '[]'],
    ['null', 'null'],
    ['another version', JSON.stringify({ ...good, v: 2 })],
    ['a missing member', JSON.stringify({ ...good, from: undefined })],
    ['a member too many', JSON.stringify({ ...good, extra: 1 })],
    ['a negative number', JSON.stringify({ ...good, from: -1 })],
    ['a fraction', JSON.stringify({ ...good, from: 1.5 })],
    ['too large a number', JSON.stringify({ ...good, from: 10_001 })],
    ['that of another kind', JSON.stringify({ ...good, from: false, to: true })],
    ['nine holders', JSON.stringify({ ...good, holders: others(9) })],
    ['a holder without a run', JSON.stringify({ ...good, holders: [{ task: 'a/b', uid: 'c' }] })],
  ])('%s', (_, text) => {
    for (const replicas of [0, 3]) {
      const { actions, faults } = plan([annotated(deployment(replicas), { [SLEEP_ANNOTATION]: text }), statefulSet(1)])
      expect(actions.map(({ target }) => target.name)).toEqual(['db'])
      expect(faults).toEqual([
        {
          class: 'Invalid',
          reason: 'SleepStateDamaged',
          message: 'Deployment/web: annotation rota.dev/sleep is damaged: restore or remove it by hand',
          target: expect.objectContaining({ name: 'web' }),
        },
      ])
    }
  })
})
