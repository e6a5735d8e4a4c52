import { describe, expect, it } from 'vitest'
import { ATTEMPT } from '../../test/builders/attempt.ts'
import { FakeClock } from '../../test/builders/fake-clock.ts'
import { deployment, runOf } from '../../test/builders/items.ts'
import { faultOf, MemoryTargets } from '../../test/builders/targets.ts'
import { type Fault, FaultError } from '../api/fault.ts'
import { LAST_RUN_ANNOTATION } from '../api/names.ts'
import type { Action, Bound, Plan, RunContext, Seen } from '../operations/contract.ts'
import type { Item } from '../operations/item.ts'
import { type AttemptInput, attempt } from './attempt.ts'
import type { Change } from './progress.ts'

const CLOCK = new FakeClock(0)

/** Marks every Deployment that does not carry the run's mark yet. */
const operation: Bound = {
  name: 'restart',
  pastTense: 'restarted',
  rights: async () => [],
  async observe(run, read) {
    const items: Item[] = []
    for (const namespace of run.namespaces) {
      for await (const page of read.list(deployment(0).kind, namespace)) items.push(...page)
    }
    return { items, faults: [] }
  },
  plan({ items, faults }, run): Plan {
    const marks = (item: Item) => item.metadata.annotations?.[LAST_RUN_ANNOTATION] === run.id
    const target = ({ kind, metadata: { namespace, name } }: Item) => ({ kind, namespace, name })
    return {
      actions: items
        .filter(item => !marks(item))
        .map(item => ({
          do: 'Patch',
          target: target(item),
          version: item.metadata.resourceVersion,
          body: { metadata: { annotations: { [LAST_RUN_ANNOTATION]: run.id } } },
          says: `Deployment/${item.metadata.name}: marked`,
        })),
      done: items.filter(marks).map(target),
      already: 0,
      left: [],
      faults,
    }
  },
}

const three = [deployment(1, { name: 'a' }), deployment(1, { name: 'b' }), deployment(1, { name: 'c' })]

function setUp(targets: MemoryTargets, changes: Partial<AttemptInput> = {}) {
  const stop = new AbortController()
  const deadline = new AbortController()
  const changed: string[] = []
  const outcome = () =>
    attempt({
      ...ATTEMPT,
      operation,
      run: runOf({ operation: 'restart' }),
      targets,
      stop: stop.signal,
      deadline: deadline.signal,
      clock: CLOCK,
      changed: ({ says }) => changed.push(says),
      ...changes,
    })
  return { stop, deadline, changed, outcome }
}

const lines = (...names: readonly string[]) => names.map(name => `Deployment/${name}: marked`).join('\n')

describe('an attempt', () => {
  it('observes, plans and acts as the account, and says what it did', async () => {
    const targets = new MemoryTargets(three)
    const { outcome, changed } = setUp(targets)
    expect(await outcome()).toEqual({
      result: 'Succeeded',
      message: 'restarted 3 Deployments',
      output: lines('a', 'b', 'c'),
      changed: 3,
    })
    expect(changed).toHaveLength(3)
    expect([...targets.accounts]).toEqual(['team-a/rota'])
    expect(targets.lists).toBe(1)
  })

  it('makes no request and succeeds when nothing is to be done', async () => {
    const targets = new MemoryTargets([])
    expect(await setUp(targets).outcome()).toMatchObject({ result: 'Succeeded', message: 'nothing to do', changed: 0 })
    expect(targets.carried).toEqual([])
  })

  it('repeats nothing that an earlier attempt did, and counts it', async () => {
    const done = deployment(1, { name: 'a', annotations: { [LAST_RUN_ANNOTATION]: 'run-1' } })
    const targets = new MemoryTargets([done, ...three.slice(1)])
    expect(await setUp(targets).outcome()).toMatchObject({
      result: 'Succeeded',
      message: 'restarted 3 Deployments',
      output: `Deployment/a: done in an earlier attempt\n${lines('b', 'c')}`,
      changed: 3,
    })
    expect(targets.carried).toHaveLength(2)
  })

  it('does all that it may when some of it fails, and says how much', async () => {
    const refused = faultOf('Refused', { reason: 'Forbidden', message: 'may not patch', remedy: 'kubectl create …' })
    const targets = new MemoryTargets(three, { carry: ({ target }) => (target.name === 'c' ? undefined : refused) })
    expect(await setUp(targets).outcome()).toEqual({
      result: 'Failed',
      reason: 'Forbidden',
      message: 'may not patch (2 times); to allow it: kubectl create …; restarted 1 Deployment',
      error: 'may not patch (2 times); to allow it: kubectl create …',
      output: `not done: Deployment/a: marked (Forbidden)\nnot done: Deployment/b: marked (Forbidden)\n${lines('c')}`,
      changed: 1,
      retry: false,
      retryAfter: 0,
    })
    expect(targets.carried).toHaveLength(3)
  })

  it('tells also what earlier attempts have changed, where no mark shows it', async () => {
    const gone = { target: { kind: deployment(0).kind, namespace: 'team-a', name: 'x' }, says: 'Deployment/x: deleted' }
    const { outcome } = setUp(new MemoryTargets(three), { earlier: [gone] })
    expect(await outcome()).toMatchObject({
      message: 'restarted 4 Deployments',
      output: `Deployment/x: deleted\n${lines('a', 'b', 'c')}`,
      changed: 4,
    })
  })

  it('finds it fine that an object is gone by now', async () => {
    const targets = new MemoryTargets(three, {
      carry: ({ target }) => (target.name === 'b' ? faultOf('Gone') : undefined),
    })
    expect(await setUp(targets).outcome()).toMatchObject({ result: 'Succeeded', changed: 2 })
  })

  it('counts what is gone when it is to be deleted as gone already', async () => {
    const deleting: Bound = {
      ...operation,
      name: 'cleanup',
      pastTense: 'deleted',
      already: 'already gone',
      plan: ({ items }) => ({
        actions: items.map(({ kind, metadata: { namespace, name, uid } }) => ({
          do: 'Delete',
          target: { kind, namespace, name },
          uid,
          says: `Deployment/${name}: deleted`,
        })),
        done: [],
        already: 0,
        left: [],
        faults: [],
      }),
    }
    const targets = new MemoryTargets(three, {
      carry: ({ target }) => (target.name === 'b' ? faultOf('Gone') : undefined),
    })
    expect(await setUp(targets, { operation: deleting }).outcome()).toMatchObject({
      result: 'Succeeded',
      message: 'deleted 2 Deployments; 1 already gone',
      changed: 2,
    })
  })

  it('does not count what was so already when it came to it', async () => {
    const targets = new MemoryTargets(three, { carry: ({ target }) => (target.name === 'b' ? 'Same' : undefined) })
    expect(await setUp(targets).outcome()).toMatchObject({ result: 'Succeeded', changed: 2 })
  })

  it('fails with the fault of what an operation cannot do without', async () => {
    for (const [of, retry] of [
      ['Refused', false],
      ['Transient', true],
    ] as const) {
      const blind: Bound = {
        ...operation,
        async observe() {
          throw new FaultError(faultOf(of))
        },
      }
      expect(await setUp(new MemoryTargets(three), { operation: blind }).outcome()).toMatchObject({
        result: 'Failed',
        reason: of,
        message: of.toLowerCase(),
        retry,
      })
    }
  })

  it('fails with an internal error of its own, harmful to this run only', async () => {
    const broken: Bound = {
      ...operation,
      plan() {
        throw new TypeError('x is undefined')
      },
    }
    expect(await setUp(new MemoryTargets(three), { operation: broken }).outcome()).toMatchObject({
      result: 'Failed',
      reason: 'InternalError',
      message: 'internal error: x is undefined',
      retry: true,
    })
  })
})

describe('after a conflict', () => {
  it('everything is observed again, and what is done keeps its line, in the order of the plan', async () => {
    const targets = new MemoryTargets(three, {
      carry: ({ target }, time) => (target.name === 'b' && time <= 3 ? faultOf('Conflict') : undefined),
    })
    const { outcome, changed } = setUp(targets)
    expect(await outcome()).toMatchObject({ result: 'Succeeded', changed: 3, output: lines('a', 'b', 'c') })
    expect(targets.lists).toBe(2)
    expect(changed).toEqual(['a', 'c', 'b'].map(name => `Deployment/${name}: marked`))
  })

  it('what was left as it is with a change is still told, in another attempt too', async () => {
    const noting = {
      ...operation,
      plan(seen: Seen, run: RunContext): Plan {
        const plan = operation.plan(seen, run)
        const left = plan.actions.map(({ target }) => ({ target, reason: 'HeldByOthers', message: 'held' }))
        return { ...plan, left }
      },
    }
    const carry = ({ target }: Action) => (target.name === 'b' ? faultOf('Conflict') : undefined)
    const earlier: Change[] = []
    const first = setUp(new MemoryTargets(three, { carry }), {
      operation: noting,
      changed: change => earlier.push(change),
    })
    const told = 'left out: b (held), a (held) and c (held)'
    expect(await first.outcome()).toMatchObject({ message: expect.stringContaining(told) })
    const later = setUp(new MemoryTargets([]), { operation: noting, earlier })
    expect((await later.outcome()).message).toBe('nothing to do; left out: a (held) and c (held)')
  })

  it('at most three times; then another attempt may do better', async () => {
    const targets = new MemoryTargets(three, {
      carry: ({ target }) => (target.name === 'b' ? faultOf('Conflict') : undefined),
    })
    expect(await setUp(targets).outcome()).toMatchObject({
      result: 'Failed',
      reason: 'Conflict',
      retry: true,
      changed: 2,
    })
    expect(targets.lists).toBe(4)
    expect(targets.carried.filter(({ target }) => target.name === 'b')).toHaveLength(4)
    expect(targets.carried).toHaveLength(6)
  })
})

describe('a conflict is observed again', () => {
  it('when it came up while something was only tried out', async () => {
    let times = 0
    const trying: Bound = {
      ...operation,
      plan(seen, run) {
        const plan = operation.plan(seen, run)
        return ++times <= 3 ? { ...plan, actions: [], faults: [faultOf('Conflict')] } : plan
      },
    }
    const targets = new MemoryTargets(three)
    expect(await setUp(targets, { operation: trying }).outcome()).toMatchObject({ result: 'Succeeded', changed: 3 })
    expect(targets.lists).toBe(4)
  })

  it('however often something that was pending has been looked at before', async () => {
    const clock = new FakeClock(0)
    let times = 0
    const waiting: Bound = {
      ...operation,
      plan: (seen, run) =>
        ++times <= 5
          ? { actions: [], done: [], already: 0, left: [], faults: [], pending: 'not yet' }
          : operation.plan(seen, run),
    }
    const targets = new MemoryTargets(three, { carry: (_, time) => (time === 1 ? faultOf('Conflict') : undefined) })
    const outcome = setUp(targets, { operation: waiting, clock }).outcome()
    await clock.advance(10_000)
    expect(await outcome).toMatchObject({ result: 'Succeeded', changed: 3 })
  })
})

describe('with a limit nothing is changed before the number of objects is known', () => {
  function unsure(fault: Fault, looks: number): Bound {
    let times = 0
    return {
      ...operation,
      plan(seen, run) {
        const plan = operation.plan(seen, run)
        return ++times > looks ? plan : { ...plan, actions: plan.actions.slice(1), faults: [fault] }
      },
    }
  }
  const limits = { objects: 2 }

  it('a conflict is looked at again first', async () => {
    const targets = new MemoryTargets(three)
    const { outcome } = setUp(targets, { operation: unsure(faultOf('Conflict'), 3), limits })
    expect(await outcome()).toMatchObject({ result: 'Failed', reason: 'TooManyAffected', changed: 0 })
    expect(targets.carried).toEqual([])
  })

  it.each(['Conflict', 'Transient', 'Unknown'] as const)('one that stays is for another attempt: %s', async kind => {
    const targets = new MemoryTargets(three)
    const { outcome } = setUp(targets, { operation: unsure(faultOf(kind), 9), limits })
    expect(await outcome()).toMatchObject({ result: 'Failed', retry: true, changed: 0 })
    expect(targets.carried).toEqual([])
  })
})

describe('what is gone', () => {
  const inWaves: Bound = {
    ...operation,
    plan(seen, run) {
      const plan = operation.plan(seen, run)
      return { ...plan, actions: plan.actions.map((action, wave) => ({ ...action, wave })) }
    },
  }

  it('holds up nothing that comes after it', async () => {
    const targets = new MemoryTargets(three, { carry: (_, time) => (time === 1 ? faultOf('Gone') : undefined) })
    expect(await setUp(targets, { operation: inWaves }).outcome()).toMatchObject({ result: 'Succeeded', changed: 2 })
  })

  it('is a failure where it is to be there', async () => {
    const making: Bound = {
      ...operation,
      plan: (seen, run) => ({
        ...operation.plan(seen, run),
        actions: [
          { do: 'Create', target: { kind: deployment(0).kind, namespace: 'x', name: 'y' }, body: {}, says: '' },
        ],
      }),
    }
    const targets = new MemoryTargets([], { carry: () => faultOf('Gone') })
    expect(await setUp(targets, { operation: making }).outcome()).toMatchObject({ result: 'Failed', reason: 'Gone' })
  })
})

describe('whether another attempt may do better', () => {
  it.each<[readonly Fault[], boolean, number]>([
    [[faultOf('Transient')], true, 0],
    [[faultOf('Transient', { retryAfter: 7 }), faultOf('Transient', { retryAfter: 30 })], true, 30],
    [[faultOf('Unknown')], true, 0],
    [[faultOf('Refused')], false, 0],
    [[faultOf('Invalid')], false, 0],
    [[faultOf('Refused'), faultOf('Transient')], true, 0],
  ])('after %j: %s', async (faults, retry, retryAfter) => {
    const targets = new MemoryTargets(three, { carry: (_, time) => faults[time - 1] })
    expect(await setUp(targets).outcome()).toMatchObject({
      result: 'Failed',
      reason: faults[0]?.reason,
      retry,
      retryAfter,
    })
  })
})

describe('a namespace that may not be worked on', () => {
  const gone = faultOf('Gone', { reason: 'NamespaceNotFound', message: 'namespace team-b does not exist' })
  const admit = () => ({ namespaces: ['team-a'], faults: [gone] })

  it('fails the run; the others are worked on', async () => {
    expect(await setUp(new MemoryTargets(three, { admit })).outcome()).toMatchObject({
      result: 'Failed',
      reason: 'NamespaceNotFound',
      message: 'namespace team-b does not exist; restarted 3 Deployments',
      retry: false,
    })
  })

  it('leaves nothing to wake when it is gone', async () => {
    const wake = { ...operation, name: 'wake', pastTense: 'woke' } as const
    const some = await setUp(new MemoryTargets(three, { admit }), { operation: wake }).outcome()
    expect(some).toMatchObject({ result: 'Succeeded', changed: 3 })
    const none = new MemoryTargets(three, { admit: () => ({ namespaces: [], faults: [gone] }) })
    expect(await setUp(none, { operation: wake }).outcome()).toMatchObject({
      result: 'Succeeded',
      message: 'nothing to do',
    })
  })

  it('is not even looked at when the account is missing', async () => {
    const fault = faultOf('Refused', { reason: 'ServiceAccountNotFound' })
    const targets = new MemoryTargets(three, { admit: () => ({ namespaces: [], faults: [fault] }) })
    expect(await setUp(targets).outcome()).toMatchObject({
      result: 'Failed',
      reason: 'ServiceAccountNotFound',
      retry: false,
    })
    expect([targets.lists, targets.carried]).toEqual([0, []])
  })
})
