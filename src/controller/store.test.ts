import { describe, expect, it } from 'vitest'
import { BOUNDS, objectOf, task } from '../../test/builders/task.ts'
import type { ScheduledTask } from '../api/task.ts'
import { Store } from './store.ts'

const KEY = 'team-a/nights-off'

function setUp() {
  const store = new Store(BOUNDS)
  const news: string[] = []
  store.onChange = key => news.push(key)
  return { store, news }
}

const object = (version: string, uid = 'uid-1', name = 'nights-off') =>
  objectOf({ ...task({ name, uid }), version }) satisfies ScheduledTask

describe('the store', () => {
  it('tells of what is new, changed and gone, once it can be read', () => {
    const { store } = setUp()
    const seen: unknown[] = []
    store.onChange = key => seen.push([key, store.get(key)?.version])
    store.put(object('5'))
    store.put(object('6'))
    store.remove(KEY, 'uid-1')
    expect(seen).toEqual([
      [KEY, '5'],
      [KEY, '6'],
      [KEY, undefined],
    ])
  })

  it('reads a spec once, however often the status is written', () => {
    const { store } = setUp()
    const lines = () => store.get(KEY)?.lines
    store.put(object('5'))
    const read = lines()
    store.put(object('6'))
    expect(lines()).toBe(read)
    store.put({ ...object('7'), metadata: { ...object('7').metadata, generation: 2 } })
    expect(lines()).not.toBe(read)
  })

  it('has all tasks by key', () => {
    const { store } = setUp()
    store.put(object('5'))
    store.put(object('6', 'uid-2', 'other'))
    expect(store.size).toBe(2)
    expect(store.keys()).toEqual([KEY, 'team-a/other'])
    expect([...store.all()].map(({ uid }) => uid)).toEqual(['uid-1', 'uid-2'])
    expect(store.get('team-a/none')).toBeUndefined()
  })

  it.each([
    ['10', '9', false],
    ['10', '10', false],
    ['9', '10', true],
    ['99', '100', true],
    ['9007199254740993', '9007199254740994', true],
    ['9007199254740994', '9007199254740993', false],
    ['99999999999999999999', '100000000000000000000', true],
  ])('at version %s takes version %s: %s', (before, after, taken) => {
    const { store, news } = setUp()
    store.put(object(before))
    const known = store.get(KEY)
    expect(store.put(object(after))).toBe(taken)
    expect(store.get(KEY)?.version).toBe(taken ? after : before)
    expect(store.get(KEY) === known).toBe(!taken)
    expect(news).toHaveLength(taken ? 2 : 1)
  })
})

describe('a task that was deleted and created again', () => {
  it('takes the place of the old one, whose deletion is news no more', () => {
    const { store, news } = setUp()
    store.put(object('5', 'uid-1'))
    store.put(object('8', 'uid-2'))
    expect(store.get(KEY)?.uid).toBe('uid-2')
    expect(store.remove(KEY, 'uid-1')).toBe(false)
    expect(store.get(KEY)?.uid).toBe('uid-2')
    expect(news).toHaveLength(2)
  })

  it('does not come back as a ghost by a late answer to a write', () => {
    const { store, news } = setUp()
    store.put(object('5'))
    expect(store.remove(KEY, 'uid-1')).toBe(true)
    expect(store.put(object('6'))).toBe(false)
    expect([store.get(KEY), store.size]).toEqual([undefined, 0])
    expect(news).toHaveLength(2)
    expect(store.put(object('7', 'uid-2'))).toBe(true)
    expect(store.put(object('8', 'uid-1'))).toBe(false)
    expect(store.get(KEY)?.uid).toBe('uid-2')
  })

  it('comes back with the next news of it when only somebody who asked was told that it is not there', () => {
    const { store, news } = setUp()
    store.put(object('5'))
    expect(store.forget(KEY, 'uid-1')).toBe(true)
    expect(store.get(KEY)).toBeUndefined()
    expect(store.put(object('6'))).toBe(true)
    expect(news).toEqual([KEY, KEY, KEY])
  })

  it('is not removed by what was never known', () => {
    const { store, news } = setUp()
    expect(store.remove('team-a/none', 'uid-0')).toBe(false)
    expect(news).toEqual([])
  })
})

describe('a complete list', () => {
  const elsewhere = objectOf(task({ namespace: 'team-b', name: 'other', uid: 'uid-3' }))

  it('tells what is gone: only in its namespace, when it is one of a namespace', () => {
    const { store } = setUp()
    store.put(object('5'))
    store.put(object('6', 'uid-2', 'second'))
    store.put(elsewhere)
    store.listed(new Set(['uid-2']), '200', 'team-a')
    expect(store.keys()).toEqual(['team-a/second', 'team-b/other'])
    store.listed(new Set(['uid-2']), '200', undefined)
    expect(store.keys()).toEqual(['team-a/second'])
  })

  it('of a server that lags behind does not end what was seen later, nor hides it from then on', () => {
    const { store } = setUp()
    store.put(object('12'))
    store.listed(new Set(), '9', undefined)
    expect(store.keys()).toEqual([KEY])
    expect(store.put(object('13'))).toBe(true)
  })

  it('that holds another task of the same name replaces it', () => {
    const { store } = setUp()
    store.put(object('5', 'uid-1'))
    store.put(object('8', 'uid-2'))
    store.listed(new Set(['uid-2']), '9', undefined)
    expect(store.get(KEY)?.uid).toBe('uid-2')
  })
})

it('what cannot be scheduled is kept, with its problem', () => {
  const { store } = setUp()
  const broken = objectOf({ ...task(), spec: { ...task().spec, schedule: 'now and then' } })
  expect(store.put(broken)).toBe(true)
  expect(store.get(KEY)?.problem).toMatchObject({ reason: expect.any(String), message: expect.any(String) })
})

describe('tasks that depend on each other in a cycle', () => {
  const named = (name: string, version: string, ...upstream: readonly string[]): ScheduledTask => {
    const object = objectOf(
      task({ name, spec: upstream.length > 0 ? { dependsOn: upstream.map(name => ({ name })) } : {} }),
    )
    return { ...object, metadata: { ...object.metadata, resourceVersion: version, generation: Number(version) } }
  }
  const stalled = (store: Store) => [...store.all()].filter(({ problem }) => problem).map(({ name }) => name)

  it('are all stalled, those beside it are not, and one edit cures them', () => {
    const store = new Store(BOUNDS)
    const changed: string[] = []
    store.put(named('a', '1', 'c'))
    store.put(named('b', '2', 'a'))
    store.put(named('beside', '3', 'a'))
    expect(stalled(store)).toEqual([])
    store.onChange = key => changed.push(key)
    store.put(named('c', '4', 'b'))
    expect(stalled(store)).toEqual(['a', 'b', 'c'])
    expect(changed.sort()).toEqual(['team-a/a', 'team-a/b', 'team-a/c'])
    expect(store.get('team-a/b')?.problem).toEqual({
      reason: 'DependencyCycle',
      message: expect.stringContaining('spec.dependsOn: b → a → c → b is a cycle'),
    })
    store.put(named('c', '5'))
    expect(stalled(store)).toEqual([])
  })

  it('are cured by a deletion too', () => {
    const store = new Store(BOUNDS)
    store.put(named('a', '1', 'b'))
    store.put(named('b', '2', 'a'))
    expect(stalled(store)).toEqual(['a', 'b'])
    store.remove('team-a/b', 'uid-of-b')
    expect(stalled(store)).toEqual([])
  })

  it('stay stalled when only a status is written', () => {
    const store = new Store(BOUNDS)
    store.put(named('a', '1', 'b'))
    store.put(named('b', '2', 'a'))
    store.put(named('a', '3', 'b'))
    expect(stalled(store)).toEqual(['a', 'b'])
  })
})

it('whoever depends on a task is known, by way of others too', () => {
  const store = new Store(BOUNDS)
  const chain = (name: string, upstream: string) => objectOf(task({ name, spec: { dependsOn: [{ name: upstream }] } }))
  store.put(chain('b', 'a'))
  store.put(chain('c', 'b'))
  store.put(chain('d', 'x'))
  expect([...store.dependentsOf('team-a/a')]).toEqual(['team-a/b', 'team-a/c'])
  store.remove('team-a/b', 'uid-of-b')
  expect([...store.dependentsOf('team-a/a')]).toEqual([])
})
