import { describe, expect, it } from 'vitest'
import { type Dice, dice } from '../../test/builders/dice.ts'
import {
  annotated,
  applied,
  cronJob,
  daemonSet,
  deployment,
  holder,
  OWN,
  patchIn,
  people,
  runOf,
  SLEEPING_KINDS,
  sleepOn,
  statefulSet,
  withSleep,
} from '../../test/builders/items.ts'
import { sleepSpec } from '../../test/builders/task.ts'
import type { Fault, Kind } from '../api/fault.ts'
import { DAEMON_SET, DEPLOYMENT, STATEFUL_SET } from '../api/kinds.ts'
import { LAST_RUN_ANNOTATION, SLEEP_ANNOTATION } from '../api/names.ts'
import type { Plan, RunContext, Seen } from './contract.ts'
import type { Item } from './item.ts'
import { restart } from './restart/restart.ts'
import { scale } from './scale/scale.ts'
import { sleep } from './sleep/sleep.ts'
import { wake } from './wake/wake.ts'

type Planner = (items: readonly Item[], run: RunContext, faults?: readonly Fault[]) => Plan

/** An operation plans for what it has listed: objects of its own kinds. */
const asleep: Planner = (items, run, faults) =>
  sleep.plan(sleepSpec(), { ...seen(items, SLEEPING_KINDS, faults), autoscalers: [], gone: new Set() }, run)
const awake: Planner = (items, run, faults) => {
  const spec = { holders: 'Own', kinds: [], choice: {} } as const
  return wake.plan(spec, { ...seen(items, SLEEPING_KINDS, faults), gone: new Set() }, run)
}
const scaled: Planner = (items, run, faults) => {
  const spec = { kinds: ['Deployment', 'StatefulSet'], names: ['o-0', 'o-1', 'o-2'], replicas: 2 }
  return scale.plan(spec, seen(items, [DEPLOYMENT, STATEFUL_SET], faults), run)
}
const restarted: Planner = (items, run, faults) =>
  restart.plan(
    { kinds: ['Deployment', 'StatefulSet', 'DaemonSet'] },
    seen(items, [DEPLOYMENT, STATEFUL_SET, DAEMON_SET], faults),
    run,
  )

function seen(items: readonly Item[], kinds: readonly Kind[], faults: readonly Fault[] = []): Seen {
  return { items: items.filter(item => kinds.some(({ kind }) => kind === item.kind.kind)), faults }
}

const OPERATIONS: readonly (readonly [RunContext['operation'], Planner])[] = [
  ['sleep', asleep],
  ['wake', awake],
  ['scale', scaled],
  ['restart', restarted],
]

/** Any object that may be there: of every kind, awake or asleep, owned, dying, damaged or copied. */
function anyItem(chance: Dice, n: number): Item {
  const options = {
    name: `o-${n}`,
    ...(chance.below(10) === 0 && { terminating: true }),
    ...(chance.below(10) === 0 && { owner: { kind: 'Rollout', name: 'web' } }),
    ...(chance.below(2) === 0 && { annotations: { team: 'a' } }),
  }
  const item = chance.of([
    deployment(chance.below(4), options),
    deployment(undefined, options),
    deployment(2, { ...options, spec: { replicas: 2, paused: true } }),
    statefulSet(chance.below(4), options),
    cronJob(chance.below(2) === 0, options),
    daemonSet(options),
  ])
  if (item.kind.kind === 'DaemonSet') return item
  const from = item.kind.kind === 'CronJob' ? false : 1 + chance.below(5)
  return chance.of([
    item,
    item,
    item,
    withSleep(item, from),
    withSleep(item, from, { holders: [{ ...holder('weekend') }] }),
    withSleep(item, from, { holders: [{ ...OWN }, { ...holder('weekend') }] }),
    withSleep(item, from, { uid: 'another' }),
    annotated(item, { [SLEEP_ANNOTATION]: '{' }),
  ])
}

function anyItems(seed: number): readonly Item[] {
  const chance = dice(seed)
  return Array.from({ length: 12 }, (_, n) => anyItem(chance, n))
}

const SEEDS = Array.from({ length: 25 }, (_, seed) => seed)

describe.each(OPERATIONS)('%s', (operation, plan) => {
  const run = runOf({ operation, id: 'run-1' })
  const later = runOf({ operation, id: 'run-2', slotTime: run.slotTime + 86_400_000 })

  it.each(SEEDS)('keeps the contract on the objects of seed %i', seed => {
    const items = anyItems(seed)
    const planned = plan(items, run)
    expect(plan(items, run)).toEqual(planned)
    expect(plan(structuredClone(items), { ...run })).toEqual(planned)

    for (const action of planned.actions) {
      const { target } = action
      const { version, body } = patchIn(action)
      const item = items.find(({ metadata }) => metadata.name === target.name)
      expect(version).toBe(item?.metadata.resourceVersion)
      expect(body).toMatchObject({ metadata: { annotations: { [LAST_RUN_ANNOTATION]: run.id } } })
    }
    const names = planned.actions.map(({ target }) => target.name)
    expect(new Set(names).size).toBe(names.length)

    const after = applied(planned, items)
    const again = plan(after, run)
    expect(again.actions).toEqual([])
    expect(again.done.map(({ name }) => name)).toEqual(names)
    expect(again.faults).toEqual(planned.faults)
    expect(again.asleep).toEqual(planned.asleep)
    // Each object has its own place in the report, and what is not touched stays as it was.
    for (const [at, item] of items.entries()) {
      if (!names.includes(item.metadata.name)) expect(after[at]).toBe(item)
      else
        expect(after[at]?.metadata.annotations).toMatchObject(item.metadata.annotations?.['team'] ? { team: 'a' } : {})
    }
  })

  it.each(SEEDS)('does the rest when one kind could not be listed, and fails with that, seed %i', seed => {
    const listed = anyItems(seed).filter(({ kind }) => kind.kind !== 'StatefulSet')
    const fault: Fault = { class: 'Refused', reason: 'Forbidden', message: 'may not list statefulsets' }
    const whole = plan(listed, run)
    // Names are not known to be missing then.
    const faults = [fault, ...whole.faults.filter(({ reason }) => reason !== 'NotFound')]
    expect(plan(listed, run, [fault])).toEqual({ ...whole, faults })
  })

  it.each(SEEDS)('repeats nothing after others have edited, seed %i', seed => {
    const after = applied(plan(anyItems(seed), run), anyItems(seed))
    const edited = after.map(item =>
      hasPods(item) ? { ...item, spec: { ...item.spec, replicas: 7 } } : { ...item, spec: { suspend: false } },
    )
    const done = after.filter(({ metadata }) => metadata.annotations?.[LAST_RUN_ANNOTATION] === run.id)
    const touched = plan(edited, run).actions.map(({ target }) => target.name)
    for (const { metadata } of done) expect(touched).not.toContain(metadata.name)
  })

  it.each(SEEDS)('a later run leaves what is so already, seed %i', seed => {
    const after = applied(plan(anyItems(seed), run), anyItems(seed))
    const planned = plan(after, later)
    if (operation === 'restart') expect(planned.actions).toHaveLength(plan(anyItems(seed), run).actions.length)
    else expect(planned.actions).toEqual([])
  })
})

describe('sleep, then wake', () => {
  const night = runOf({ id: 'run-1' })
  const morning = runOf({ id: 'run-2', operation: 'wake' })
  const untouched = (seed: number) => anyItems(seed).filter(item => sleepless(item))

  it.each(SEEDS)('changes nothing that people have put there, seed %i', seed => {
    const items = untouched(seed)
    const slept = applied(asleep(items, night), items)
    for (const item of slept) if (sleepOn(item)) expect([item.spec?.replicas, item.spec?.suspend]).toSatisfy(isOff)
    const woken = applied(awake(slept, morning), slept)
    expect(woken.map(withDefaults)).toEqual(items.map(withDefaults))
  })

  it.each(SEEDS)('puts back the first number after many nights, seed %i', seed => {
    const items = untouched(seed)
    let now: readonly Item[] = items
    for (const id of ['a', 'b', 'c']) now = applied(asleep(now, runOf({ id })), now)
    expect(applied(awake(now, morning), now).map(withDefaults)).toEqual(items.map(withDefaults))
  })

  it.each(SEEDS)('comes to the same with two tasks that overlap, once both are awake, seed %i', seed => {
    const items = untouched(seed)
    const weekend = { key: 'team-a/weekend', namespace: 'team-a', name: 'weekend', uid: 'uid-of-weekend' }
    let now = applied(asleep(items, night), items)
    now = applied(asleep(now, runOf({ id: 'w-1', task: weekend })), now)
    const slept = now
    now = applied(awake(now, morning), now)
    expect(now.map(({ spec }) => spec)).toEqual(slept.map(({ spec }) => spec))
    now = applied(awake(now, runOf({ id: 'w-2', operation: 'wake', task: weekend })), now)
    expect(now.map(withDefaults)).toEqual(items.map(withDefaults))
  })

  it.each(SEEDS)('leaves what others have changed in between, seed %i', seed => {
    const items = untouched(seed)
    const slept = applied(asleep(items, night), items)
    const chance = dice(seed)
    const edited = slept.map(item =>
      hasPods(item) && chance.below(2) === 0 ? { ...item, spec: { replicas: 7 } } : item,
    )
    const planned = awake(edited, morning)
    const woken = applied(planned, edited)
    for (const [at, item] of edited.entries()) {
      const isEdited = item !== slept[at]
      expect(withDefaults(woken[at])?.spec).toEqual(withDefaults(isEdited ? item : items[at])?.spec)
      if (isEdited && sleepOn(item)) expect(planned.left.map(({ target }) => target.name)).toContain(item.metadata.name)
    }
    expect(woken.filter(item => sleepOn(item) !== undefined)).toEqual([])
  })
})

function hasPods({ kind }: Item): boolean {
  return kind.kind !== 'CronJob'
}

function sleepless(item: Item): boolean {
  return item.metadata.annotations?.[SLEEP_ANNOTATION] === undefined
}

function isOff([replicas, suspend]: readonly unknown[]): boolean {
  return replicas === 0 || suspend === true
}

/** What the API server would have filled in. */
function withDefaults(item: Item | undefined): Item | undefined {
  if (!item) return undefined
  return { ...people(item), spec: { ...(hasPods(item) ? { replicas: 1 } : { suspend: false }), ...item.spec } }
}
