import { describe, expect, it } from 'vitest'
import { ATTEMPT } from '../../test/builders/attempt.ts'
import { FakeClock } from '../../test/builders/fake-clock.ts'
import { deployment, runOf } from '../../test/builders/items.ts'
import { MemoryTargets } from '../../test/builders/targets.ts'
import type { Bound } from '../operations/contract.ts'
import type { Item } from '../operations/item.ts'
import { attempt } from './attempt.ts'

const CLOCK = new FakeClock(0)
const operation: Bound = {
  name: 'restart',
  pastTense: 'restarted',
  rights: async () => [],
  async observe(_, read) {
    const items: Item[] = []
    for await (const page of read.list(deployment(0).kind, 'team-a')) items.push(...page)
    return { items, faults: [] }
  },
  plan: ({ items }) => ({
    actions: items.map(({ kind, metadata: { namespace, name, resourceVersion } }) => ({
      do: 'Patch',
      target: { kind, namespace, name },
      version: resourceVersion,
      body: { metadata: { annotations: { seen: 'yes' } } },
      says: name,
    })),
    done: [],
    already: 0,
    left: [],
    faults: [],
  }),
}

type Ender = 'stop' | 'deadline'

/** Twenty objects, one request at a time; `end` is called at the given request, before its answer. */
function setUp(which: Ender, at: { readonly list?: number; readonly request?: number }) {
  const ends = { stop: new AbortController(), deadline: new AbortController() }
  const targets = new MemoryTargets(
    Array.from({ length: 20 }, (_, n) => deployment(1, { name: `o-${n}` })),
    {
      listing: time => {
        if (time === at.list) ends[which].abort()
      },
      carry: (_, time) => {
        if (time === at.request) ends[which].abort()
        return undefined
      },
    },
  )
  const outcome = attempt({
    ...ATTEMPT,
    operation,
    run: runOf(),
    targets,
    stop: ends.stop.signal,
    deadline: ends.deadline.signal,
    clock: CLOCK,
  })
  return { targets, outcome }
}

describe('an attempt that is stopped', () => {
  it('between two requests begins nothing further, and the one under way ends', async () => {
    const { targets, outcome } = setUp('stop', { request: 3 })
    expect(await outcome).toEqual({
      result: 'Stopped',
      message: 'changed 3 objects before it ended',
      output: 'o-0\no-1\no-2',
      changed: 3,
    })
    expect(targets.carried).toHaveLength(3)
    expect(targets.items.filter(({ metadata }) => metadata.resourceVersion === '2')).toHaveLength(3)
  })

  it('while it lists changes nothing', async () => {
    const { targets, outcome } = setUp('stop', { list: 1 })
    expect(await outcome).toMatchObject({ result: 'Stopped', message: 'changed 0 objects before it ended', changed: 0 })
    expect(targets.carried).toEqual([])
  })

  it('with the last request under way has done all there was to do', async () => {
    expect(await setUp('stop', { request: 20 }).outcome).toMatchObject({ result: 'Succeeded', changed: 20 })
  })
})

describe('an attempt whose time is over', () => {
  it('begins nothing further, says what it did and may be tried again', async () => {
    const { targets, outcome } = setUp('deadline', { request: 1 })
    expect(await outcome).toEqual({
      result: 'TimedOut',
      reason: 'Timeout',
      message: 'not done within 30 s: changed 1 object',
      error: 'not done within 30 s: changed 1 object',
      output: 'o-0',
      changed: 1,
      retry: true,
      retryAfter: 0,
    })
    expect(targets.carried).toHaveLength(1)
  })

  it('while it lists changes nothing', async () => {
    const { targets, outcome } = setUp('deadline', { list: 1 })
    expect(await outcome).toMatchObject({ result: 'TimedOut', message: 'not done within 30 s: changed 0 objects' })
    expect(targets.carried).toEqual([])
  })
})
