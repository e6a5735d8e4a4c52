import { describe, expect, it } from 'vitest'
import { apiOf, tasksOf } from '../../test/builders/rest.ts'
import { task } from '../../test/builders/task.ts'
import type { Task } from '../decide/task.ts'
import { eventShape } from './shapes.ts'
import { type WatchOptions, watchTasks } from './watch.ts'

/** A stream of tasks that can be changed, and whoever listens to them. */
function watched(options: Partial<WatchOptions> = {}) {
  const known = new Map<string, Task>()
  const listeners = new Set<(key: string) => void>()
  const change = (key: string, to?: Task) => {
    if (to) known.set(key, to)
    else known.delete(key)
    for (const listener of listeners) listener(key)
  }
  const tasks = tasksOf({
    get: key => known.get(key),
    all: () => known.values(),
    subscribe: listener => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  })
  const closing = new AbortController()
  let ended = 0
  const stream = watchTasks(apiOf({ tasks }), {
    namespace: undefined,
    isAllowed: async () => true,
    ended: () => void ended++,
    signal: closing.signal,
    gathered: 1,
    beat: 60_000,
    ...options,
  })
  const reader = stream.getReader()
  const read = async () => {
    const { value, done } = await reader.read()
    if (done) return 'done'
    const lines = new TextDecoder().decode(value).trimEnd().split('\n')
    return lines.map(line => {
      const event = eventShape.parse(JSON.parse(line))
      if (event.type === 'all') return `all ${event.tasks.map(({ task_id }) => task_id).join(' ')}`
      return event.type === 'put'
        ? `put ${event.task.task_id}`
        : event.type === 'gone'
          ? `gone ${event.task_id}`
          : event.type
    })
  }
  return { change, read, reader, closing, listeners, ends: () => ended }
}

const [a, b] = [task({ name: 'a' }), task({ name: 'b' })]

describe('a stream of tasks', () => {
  it('begins with all of them, and tells a task that changes often once', async () => {
    const { change, read } = watched()
    change(a.key, a)
    expect(await read()).toEqual(['all team-a/a'])
    for (let times = 0; times < 100; times++) change(b.key, b)
    change(a.key)
    expect(await read()).toEqual(['put team-a/b', 'gone team-a/a'])
  })

  it('keeps no more for a slow reader than which tasks have changed', async () => {
    const { change, read } = watched()
    await read()
    for (let times = 0; times < 1000; times++) change(a.key, times % 2 === 0 ? a : undefined)
    expect(await read()).toEqual(['gone team-a/a'])
  })

  it('is of one namespace', async () => {
    const other = task({ name: 'a', namespace: 'team-b' })
    const { change, read } = watched({ namespace: 'team-b' })
    change(a.key, a)
    change(other.key, other)
    expect(await read()).toEqual(['all team-b/a'])
  })

  it('beats when nothing happens, and ends when the viewer may not see it any more', async () => {
    let may = true
    const { read, listeners } = watched({ beat: 1, isAllowed: async () => may })
    await read()
    expect(await read()).toEqual(['beat'])
    may = false
    // A timer may be early by a part of a millisecond: then there is one beat more.
    const rest = [await read(), await read()]
    expect(rest).toContain('done')
    expect(listeners.size).toBe(0)
  })

  it('holds on to nothing when the viewer has gone', async () => {
    const { read, reader, listeners, ends } = watched()
    await read()
    expect(listeners.size).toBe(1)
    await reader.cancel()
    expect([listeners.size, ends()]).toEqual([0, 1])
  })

  it('ends when the server does', async () => {
    const { read, closing, listeners, ends } = watched()
    await read()
    const next = read()
    closing.abort()
    expect(await next).toBe('done')
    expect([listeners.size, ends()]).toEqual([0, 1])
  })
})
