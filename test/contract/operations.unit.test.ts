import { describe, expect, it } from 'vitest'
import { type Fault, FaultError } from '../../src/api/fault.ts'
import { resourceName } from '../../src/api/kinds.ts'
import { OPERATIONS } from '../../src/api/task.ts'
import { endLeftovers } from '../../src/execution/leftovers.ts'
import type { Action, Plan, Right } from '../../src/operations/contract.ts'
import type { Item } from '../../src/operations/item.ts'
import { dice } from '../builders/dice.ts'
import { faultOf } from '../builders/targets.ts'
import { NAMED_CASES } from './cases.ts'
import { attemptOn, callsOn, linesOf, type MemoryStage, memoryStage, planOn } from './stage.ts'

const REFUSED = faultOf('Refused', { reason: 'Forbidden', message: 'may not' })

it('every operation has a case', () => {
  expect(new Set(NAMED_CASES.map(({ operation }) => operation))).toEqual(new Set(OPERATIONS))
})

describe.each(NAMED_CASES)('$name', ({ operation: name, scenario: make }) => {
  it('plans what it says, and says what it leaves out', async () => {
    const stage = await memoryStage(make)
    const { does, left = [] } = stage.scenario
    expect(stage.operation.name).toBe(name)
    const plan = await planOn(stage)
    expect(said(plan.actions)).toEqual([...does].sort())
    expect(plan.left.map(({ target, message }) => `${target.name} (${message})`)).toEqual(left)
    expect(plan.faults).toEqual([])
    expect(stage.targets.carried).toEqual([])
  })

  it('plans the same for the same, in whatever order it is listed', async () => {
    const stage = await memoryStage(make)
    const plan = await planOn(stage)
    expect(await planOn(stage)).toEqual(plan)
    for (const seed of [1, 2, 3, 4, 5]) {
      stage.targets.items = shuffled(stage.targets.items, seed)
      expect(inOrder(await planOn(stage))).toEqual(inOrder(plan))
    }
  })

  it('does what it has planned, as the account, and sums it up', async () => {
    const stage = await memoryStage(make)
    const { does, message } = stage.scenario
    const told: string[] = []
    const outcome = await attemptOn(stage, { changed: ({ says }) => told.push(says) })
    expect(outcome).toMatchObject({ result: 'Succeeded', message, changed: does.length })
    expect(told.sort()).toEqual([...does].sort())
    expect([...stage.targets.accounts]).toEqual([`${stage.account.namespace}/${stage.account.name}`])
  })

  it('names all rights that it takes, and no other', async () => {
    const stage = await memoryStage(make)
    const { operation, scenario, targets } = stage
    const whole = { ...stage.run, changed: [] }
    await attemptOn(stage)
    if (operation.verifySeconds !== undefined) await operation.unverified?.(whole, callsOn(stage))
    await operation.undone?.(whole, callsOn(stage))
    const named = rightNames(await operation.rights(targets))
    expect([...targets.used].filter(right => !named.includes(right))).toEqual([])
    expect(named.filter(right => !targets.used.has(right))).toEqual(scenario.seldom ?? [])
  })

  it('changes nothing when it is run again', async () => {
    const stage = await memoryStage(make)
    await attemptOn(stage)
    const { items } = stage.targets
    const before = stage.targets.carried.length
    expect(await attemptOn(stage)).toMatchObject({ result: 'Succeeded' })
    expect(stage.targets.carried.slice(before)).toEqual([])
    expect(stage.targets.items).toBe(items)
  })

  it('a dry run changes nothing, and tells all that it would do', async () => {
    const stage = await memoryStage(make)
    const { items } = stage.targets
    const outcome = await attemptOn(stage, { dryRun: true })
    expect(outcome).toMatchObject({ result: 'Succeeded', changed: stage.scenario.does.length })
    expect(outcome.message).toMatch(/^dry run, nothing was changed: would have /)
    const { actions } = await planOn(await memoryStage(make))
    expect(outcome.output.split('\n')).toEqual(expect.arrayContaining([...linesOf(stage, actions)]))
    expect(stage.targets.items).toBe(items)
  })

  it('is refused as a whole where it would change more than it may', async () => {
    const stage = await memoryStage(make)
    const { actions } = await planOn(stage)
    const outcome = await attemptOn(stage, { limits: { objects: actions.length - 1 } })
    expect(outcome).toMatchObject({ result: 'Failed', reason: 'TooManyAffected', retry: false, changed: 0 })
    expect(outcome.output.split('\n').sort()).toEqual(linesOf(stage, actions).map(line => `not done: ${line}`))
    expect(stage.targets.carried).toEqual([])
  })

  it('begins nothing further once it is cancelled, whenever that is; and goes on from there, if it may', async () => {
    const whole = await memoryStage(make)
    await attemptOn(whole)
    const all = whole.targets.carried.length
    for (let last = 1; last <= all; last++) {
      const stop = new AbortController()
      const stage = await memoryStage(make, {
        carry: (_, time) => {
          if (time === last) stop.abort()
          return undefined
        },
      })
      const outcome = await attemptOn(stage, { stop: stop.signal })
      expect(stage.targets.carried).toHaveLength(last)
      if (outcome.result !== 'Succeeded') {
        expect(outcome).toMatchObject({ result: 'Stopped', changed: last })
        expect(outcome.message).toMatch(/^changed \d+ objects? before it ended$/)
      }
      expect(await attemptOn(stage)).toMatchObject({ result: 'Succeeded' })
      expect(stage.targets.carried).toHaveLength(all)
      expect(state(stage)).toEqual(state(whole))
    }
  })

  it('takes away what must not outlive it', async () => {
    const stop = new AbortController()
    const stage = await memoryStage(make, { carry: () => void stop.abort() })
    const { operation, targets, run, clock } = stage
    await attemptOn(stage, { stop: stop.signal })
    const before = targets.carried.length
    const { leftovers } = operation
    const never = new AbortController().signal
    if (leftovers) await endLeftovers(leftovers, { ...run, changed: [] }, () => callsOn(stage), clock, never)
    const ended = targets.carried.slice(before).map(action => action.do)
    expect(ended).toEqual(operation.leftovers ? ['Delete'] : [])
    expect(await operation.leftovers?.({ ...run, changed: [] }, callsOn(stage))).toEqual(
      operation.leftovers && { actions: [] },
    )
  })

  it('does all that it may when one object is refused, and reports object by object', async () => {
    const { actions } = await planOn(await memoryStage(make))
    for (const refused of actions) {
      const stage = await memoryStage(make, { carry: action => (isSame(action, refused) ? REFUSED : undefined) })
      const outcome = await attemptOn(stage)
      const done = actions.filter(action => !isSame(action, refused) && wave(action) <= wave(refused))
      expect(outcome).toMatchObject({ result: 'Failed', reason: 'Forbidden', error: 'may not', changed: done.length })
      const told = outcome.output.split('\n').filter(line => line !== '' && !line.includes(': left out, '))
      const [failed] = linesOf(stage, [refused])
      expect(told.sort()).toEqual([...linesOf(stage, done), `not done: ${failed} (Forbidden)`].sort())
    }
  })

  it.each<[Fault['class'], object]>([
    ['Transient', { result: 'Failed', reason: 'Transient', retry: true }],
    ['Unknown', { result: 'Failed', reason: 'Unknown', retry: true }],
    ['Refused', { result: 'Failed', reason: 'Refused', retry: false }],
    ['Invalid', { result: 'Failed', reason: 'Invalid', retry: false }],
    ['Conflict', { result: 'Succeeded' }],
  ])('%s at its first request, and at no other', async (of, expected) => {
    const whole = await memoryStage(make)
    await attemptOn(whole)
    const stage = await memoryStage(make, { carry: (_, time) => (time === 1 ? faultOf(of) : undefined) })
    expect(await attemptOn(stage)).toMatchObject(expected)
    // Another attempt does what is left, and nothing twice.
    expect(await attemptOn(stage)).toMatchObject({ result: 'Succeeded' })
    expect(stage.targets.carried).toHaveLength(whole.targets.carried.length + 1)
    expect(state(stage)).toEqual(state(whole))
  })

  it('finds it fine that an object is gone, unless it is to be there', async () => {
    const [first] = (await planOn(await memoryStage(make))).actions
    const makes = first?.do === 'Create' || first?.do === 'Apply'
    const stage = await memoryStage(make, { carry: (_, time) => (time === 1 ? faultOf('Gone') : undefined) })
    expect(await attemptOn(stage)).toMatchObject({ result: makes ? 'Failed' : 'Succeeded' })
  })

  it('has seen something else than it finds: it looks again, and goes by that', async () => {
    const stage = await memoryStage(make, {
      carry: (action, time) => {
        if (time !== 1 || action.do === 'Create') return undefined
        stage.targets.items = stage.targets.items.map(item =>
          isSame({ target: { ...item.metadata, kind: item.kind } }, action) ? replaced(item, action.do) : item,
        )
        return undefined
      },
    })
    const outcome = await attemptOn(stage)
    expect(outcome).toMatchObject({ result: 'Succeeded', message: stage.scenario.message })
  })
})

describe.each(
  NAMED_CASES.filter(({ operation }) => !['job', 'apply', 'createNamespace', 'deleteNamespace'].includes(operation)),
)('$name, when a kind may not be listed', ({ operation: name, scenario: make }) => {
  it('fails with that, and does the rest; a cleanup does nothing then', async () => {
    const { actions } = await planOn(await memoryStage(make))
    const kind = actions[0]?.target.kind.kind
    const stage = await memoryStage(make, {
      listing: (_, listed) => {
        if (listed.kind === kind) throw new FaultError(REFUSED)
      },
    })
    const rest = name === 'cleanup' ? [] : actions.filter(({ target }) => target.kind.kind !== kind)
    const outcome = await attemptOn(stage)
    expect(outcome).toMatchObject({ result: 'Failed', reason: 'Forbidden', retry: false, changed: rest.length })
    expect(said(stage.targets.carried)).toEqual(said(rest))
  })

  it('verifies nothing by what it could not read', async () => {
    let mayList = true
    const stage = await memoryStage(make, {
      listing: () => {
        if (!mayList) throw new FaultError(REFUSED)
      },
    })
    await attemptOn(stage)
    mayList = false
    const open = await stage.operation.unverified?.({ ...stage.run, changed: [] }, callsOn(stage))
    expect(open ?? ['may not']).toContain('may not')
  })

  it('counts all objects of its kinds, so that a percentage is one of all', async () => {
    const stage = await memoryStage(make)
    const { operation, run, targets } = stage
    const { items } = await operation.observe({ ...run, changed: [] }, callsOn(stage))
    const kinds = new Set(items.map(({ kind }) => kind.kind))
    const there = targets.items.filter(({ kind }) => kinds.has(kind.kind))
    expect(items.map(({ metadata }) => metadata.name).sort()).toEqual(there.map(({ metadata }) => metadata.name).sort())
  })
})

function said(actions: readonly Action[]): readonly string[] {
  return actions.map(({ says }) => says).sort()
}

function shuffled(items: readonly Item[], seed: number): readonly Item[] {
  const chance = dice(seed)
  return items
    .map(item => ({ item, at: chance.below(1000) }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item)
}

/** Objects in the order of their names: which of them comes first is of no matter. */
function inOrder(plan: Plan): Plan {
  const by = <T>(list: readonly T[], key: (one: T) => string) => list.toSorted((a, b) => (key(a) < key(b) ? -1 : 1))
  return {
    ...plan,
    actions: by(plan.actions, ({ says, target }) => `${target.namespace}/${says}`),
    done: by(plan.done, ({ namespace, name }) => `${namespace}/${name}`),
    left: by(plan.left, ({ target }) => target.name),
  }
}

function isSame({ target: a }: Pick<Action, 'target'>, { target: b }: Pick<Action, 'target'>): boolean {
  return a.kind.kind === b.kind.kind && a.namespace === b.namespace && a.name === b.name
}

function wave({ wave = 0 }: Action): number {
  return wave
}

function rightNames(rights: readonly Right[]): readonly string[] {
  return rights.flatMap(({ group, resource, verbs }) => verbs.map(verb => `${verb} ${resourceName(group, resource)}`))
}

/** All objects as they are, but for their versions. */
function state({ targets }: MemoryStage): readonly string[] {
  return targets.items
    .map(({ kind, metadata, ...rest }) =>
      JSON.stringify({ kind: kind.kind, ...rest, metadata: { ...metadata, resourceVersion: '' } }),
    )
    .sort()
}

/** Changed by others: another version of it; for who deletes only another object of its name is another one. */
function replaced(item: Item, by: Action['do']): Item {
  const { uid, resourceVersion } = item.metadata
  const changes = by === 'Delete' ? { uid: `${uid}-2` } : { resourceVersion: `${resourceVersion}0` }
  return { ...item, metadata: { ...item.metadata, ...changes } }
}
