import { describe, expect, it } from 'vitest'
import { daily, held, setUp } from '../../test/builders/controller-world.ts'
import type { MemoryTasks } from '../../test/builders/memory-tasks.ts'
import { changed, task } from '../../test/builders/task.ts'

describe('many tasks', () => {
  const names = ['t-0', 't-1', 't-2', 't-3', 't-4']

  it('of different namespaces share the workers', async () => {
    const { answer, letGo } = held()
    const apart = names.map(name => task({ name, spec: { ...daily, target: { namespaces: [`of-${name}`] } } }))
    const { pass, start, said, store } = setUp(apart, { workers: 2, carry: () => answer })
    const controller = start('rota-1')
    await pass(61)
    letGo()
    await pass(10)
    expect(said('Ended')).toHaveLength(names.length)
    expect([controller.active, controller.waiting]).toEqual([0, 0])
    expect(store.size).toBe(names.length)
  })

  it('of one namespace go one after the other, and whoever waits for long says so', async () => {
    const { answer, letGo } = held()
    const { pass, start, said, status } = setUp(
      names.map(name => task({ name, spec: daily })),
      { carry: () => answer },
    )
    const controller = start('rota-1')
    await pass(61)
    expect([controller.active, controller.waiting]).toEqual([1, 4])
    expect(status('team-a/t-4')?.phase).toBe('Scheduled')
    await pass(15)
    expect(status('team-a/t-4')?.phase).toBe('Waiting')
    letGo()
    await pass(30)
    const order = said('Claimed', 'Ended').map(fact => `${fact.fact} ${'task' in fact && fact.task}`)
    expect(order).toEqual(names.flatMap(name => [`Claimed team-a/${name}`, `Ended team-a/${name}`]))
    expect(status('team-a/t-4')).toMatchObject({ phase: 'Scheduled', runCount: 1 })
  })
})

describe('thousands in line for one namespace', () => {
  const crowd = Array.from({ length: 300 }, (_, n) => task({ name: `t-${n}`, spec: daily }))

  it('say so two at a time, and each runs when its turn comes, whether it has said so or not', async () => {
    const { answer, letGo } = held()
    const { pass, start, api } = setUp(crowd, { carry: () => answer })
    start('rota-1')
    await pass(61)
    api.mostAtOnce = 0
    await pass(15)
    expect(phases(api)).toEqual(
      new Map([
        ['Running', 1],
        ['Waiting', crowd.length - 1],
      ]),
    )
    expect(api.mostAtOnce).toBe(2)
    letGo()
    await pass(60)
    expect([...api.objects.values()].every(({ status }) => status?.runCount === 1)).toBe(true)
  })

  it('that are all new are written sixteen at a time', async () => {
    const fresh = Array.from({ length: 300 }, (_, n) =>
      changed(task({ name: `t-${n}`, spec: daily }), { status: { observedGeneration: -1 } }),
    )
    const { pass, start, api } = setUp(fresh)
    const { answer, letGo } = held()
    api.ready = answer
    start('rota-1')
    await pass(1)
    letGo()
    await pass(1)
    expect(phases(api)).toEqual(new Map([['Scheduled', fresh.length]]))
    expect(api.mostAtOnce).toBe(16)
  })

  function phases({ objects }: MemoryTasks): ReadonlyMap<string, number> {
    const counts = new Map<string, number>()
    for (const { status } of objects.values())
      counts.set(status?.phase ?? '', (counts.get(status?.phase ?? '') ?? 0) + 1)
    return counts
  }
})
