import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { faultOf } from '../../test/builders/targets.ts'
import { type Fault, FaultError } from '../api/fault.ts'
import type { Request } from './client.ts'
import { Reflector } from './reflector.ts'

// Virtual time reaches the global timers only.
vi.mock('node:timers/promises', () => ({
  setTimeout: (milliseconds: number) => new Promise(resolve => setTimeout(resolve, milliseconds)),
}))

const SECOND = 1000
const MINUTE = 60 * SECOND

interface Thing {
  readonly metadata: {
    readonly name: string
    readonly namespace: string
    readonly uid: string
    readonly resourceVersion: string
  }
}

const thing = (name: string, resourceVersion: string): Thing => ({
  metadata: { name, namespace: 'team-a', uid: `uid-of-${name}`, resourceVersion },
})
const line = (type: string, object: object) => JSON.stringify({ type, object })
const bookmark = (resourceVersion: string) => line('BOOKMARK', { metadata: { resourceVersion } })
const endOfList = (resourceVersion: string) =>
  line('BOOKMARK', { metadata: { resourceVersion, annotations: { 'k8s.io/initial-events-end': 'true' } } })
const away: Fault = faultOf('Transient', { reason: 'Unreachable', message: 'the API server did not answer' })

const busy: Fault = { ...away, reason: 'TooManyRequests', retryAfter: 1 }

/** A watch as the API server gives it: these lines, then nothing until its time has passed. */
type Watch = (from: string) => readonly string[] | Promise<never>

interface Server {
  /** Whether it can begin a watch with all there is. */
  streams: boolean
  /** Whether it does so already. */
  isReady: boolean
  list: () => readonly Thing[] | Fault
  /** What a list that is a watch says after all objects. */
  endOfList: readonly string[]
  watch: Watch
  /** How long a watch stays open after its last line. */
  open: number
  /** How the watch ends. */
  end: () => void
}

describe('the reflector', () => {
  let ended: AbortController

  beforeEach(() => {
    vi.useFakeTimers()
    ended = new AbortController()
  })
  afterEach(() => {
    ended.abort()
    vi.useRealTimers()
  })

  function setUp(changes: Partial<Server> = {}) {
    const server: Server = {
      streams: true,
      isReady: true,
      list: () => [thing('a', '5')],
      endOfList: [endOfList('10')],
      watch: () => [],
      open: 12 * SECOND,
      end: () => undefined,
      ...changes,
    }
    const lists: number[] = []
    const watches: { readonly at: number; readonly from: string }[] = []
    const seen: string[] = []
    const said: string[] = []
    const listed = (): readonly Thing[] => {
      lists.push(Date.now())
      const items = server.list()
      if (!Array.isArray(items)) throw new FaultError(items as Fault)
      return items
    }
    const client = {
      async request<T>(_: Request): Promise<T> {
        return { items: listed(), metadata: { resourceVersion: '10' } } as T
      },
      async *lines({ query, signal }: Request & { readonly signal: AbortSignal }): AsyncGenerator<string> {
        if (query?.['sendInitialEvents'] === 'true') {
          if (!server.isReady) throw new FaultError(busy)
          if (!server.streams) throw new FaultError(faultOf('Invalid', { reason: 'Invalid', message: 'forbidden' }))
          for (const object of listed()) yield line('ADDED', object)
          return yield* server.endOfList
        }
        const from = query?.['resourceVersion'] ?? ''
        watches.push({ at: Date.now(), from })
        yield* await server.watch(from)
        await new Promise<void>((resolve, reject) => {
          setTimeout(resolve, server.open)
          signal.addEventListener('abort', () => reject(signal.reason), { once: true })
        })
        server.end()
      },
    }
    const reflector = new Reflector<Thing>({
      client,
      emit: fact => void (fact.fact === 'WatchRestarted' && said.push(fact.because)),
      path: '/things',
      resource: 'things',
      onPut: ({ metadata }) => {
        if (metadata.name === 'poison') throw new Error('this one is too much')
        seen.push(`+${metadata.name}@${metadata.resourceVersion}`)
      },
      onGone: ({ metadata }) => void seen.push(`-${metadata.name}`),
      onListed: (uids, version) => void seen.push(`listed ${uids.size} at ${version}`),
    })
    void reflector.run(ended.signal)
    return { server, reflector, lists, watches, seen, said }
  }
  const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds)

  it.each([
    ['as a watch', true],
    ['in pages', false],
  ])('lists once, %s, and goes on watching from what it has seen last', async (_, streams) => {
    const { watches, lists, seen, said } = setUp({
      streams,
      watch: from => (from === '10' ? [line('MODIFIED', thing('a', '11')), bookmark('17')] : []),
    })
    await pass(30 * SECOND)
    expect(lists).toHaveLength(1)
    expect(watches.map(({ from }) => from)).toEqual(['10', '17', '17'])
    expect(seen).toEqual(['+a@5', 'listed 1 at 10', '+a@11'])
    expect(said).toEqual([])
  })

  it.each<[string, Partial<Server>]>([
    ['the connection breaks', { end: () => breaks(new FaultError(away)), open: 5 * SECOND }],
    ['a line is cut off', { watch: from => [line('ADDED', thing('b', next(from))), '{"type":"ADD'] }],
    ['the API server ends it with an error', { watch: from => [line('ADDED', thing('b', next(from))), error(500)] }],
  ])('goes on where it was when %s', async (_, changes) => {
    const { watches, lists } = setUp({ watch: from => [line('ADDED', thing('b', next(from)))], ...changes })
    await pass(20 * SECOND)
    expect(lists).toHaveLength(1)
    expect(watches.slice(0, 3).map(({ from }) => from)).toEqual(['10', '11', '12'])
  })

  it('lists again when the API server does not know the version any more', async () => {
    const { lists, watches } = setUp({ watch: () => (watches.length === 1 ? [error(410)] : []) })
    await pass(5 * SECOND)
    expect(lists).toHaveLength(2)
    expect(watches.map(({ from }) => from)).toEqual(['10', '10'])
  })

  it('lists again when a list ends before all there is was told', async () => {
    const { server, lists, seen, reflector } = setUp({ endOfList: [bookmark('9')] })
    await pass(100)
    expect(reflector.synced).toBe(false)
    server.endOfList = [endOfList('10')]
    await pass(SECOND)
    expect(lists).toHaveLength(2)
    expect(reflector.synced).toBe(true)
    expect(seen).toEqual(['+a@5', '+a@5', 'listed 1 at 10'])
  })

  it('asks for a list as a watch only once of an API server that refuses', async () => {
    const { server, lists, said } = setUp({ streams: false, watch: () => [error(410)] })
    await pass(SECOND)
    server.streams = true
    server.endOfList = []
    await pass(10 * SECOND)
    expect(lists.length).toBeGreaterThan(2)
    expect(said).not.toContain('the watch ended before all there is was told')
  })

  it('lists in pages while the cache of the API server is not ready, and as a watch the next time', async () => {
    const { server, lists, said, reflector } = setUp({ isReady: false, watch: () => [error(410)] })
    await pass(100)
    expect(reflector.synced).toBe(true)
    expect(said.filter(because => because.includes('did not answer'))).toEqual([])
    server.isReady = true
    server.endOfList = []
    await pass(5 * SECOND)
    expect(lists.length).toBeGreaterThan(1)
    expect(said).toContain('the watch ended before all there is was told')
  })

  it('counts what is deleted during a list as gone', async () => {
    const { seen } = setUp({ endOfList: [line('DELETED', thing('a', '8')), endOfList('10')] })
    await pass(SECOND)
    expect(seen).toEqual(['+a@5', '-a', 'listed 0 at 10'])
  })

  it('takes a watch for dead that is silent for longer than it was asked to stay open', async () => {
    const { watches, said, reflector } = setUp({ open: MINUTE })
    await pass(14_500)
    expect(said).toEqual(['the watch fell silent'])
    expect(reflector.silence).toBeGreaterThan(14_000)
    expect(watches).toHaveLength(2)
  })

  it('goes on although the handling of one object fails', async () => {
    const { seen } = setUp({ list: () => [thing('poison', '4'), thing('a', '5')] })
    await pass(SECOND)
    expect(seen).toEqual(['+a@5', 'listed 2 at 10'])
  })

  it('asks an API server that is away for ten minutes not more than once a second, and is back within five', async () => {
    const { server, lists, watches, reflector } = setUp()
    await pass(SECOND)
    server.watch = () => breaks(new FaultError(away))
    server.list = () => away
    const before = watches.length
    await pass(10 * MINUTE)
    expect(watches.length - before).toBeLessThan(10 * 60)
    expect(reflector.silence).toBeGreaterThan(9 * MINUTE)
    expect(reflector.idle).toBeLessThan(5 * SECOND)
    server.watch = from => [line('MODIFIED', thing('a', next(from)))]
    await pass(5 * SECOND)
    expect(reflector.silence).toBeLessThan(5 * SECOND)
    expect(lists).toHaveLength(1)
  })

  it.each<[string, Partial<Server>]>([
    ['at once, without a word', { open: 0 }],
    ['after one event', { open: 0, watch: from => [line('MODIFIED', thing('a', next(from)))] }],
    ['because it knows no version', { watch: () => [error(410)] }],
  ])('does not ask in a loop when every watch is closed %s', async (_, changes) => {
    const { watches, lists } = setUp(changes)
    await pass(MINUTE)
    expect(watches.length).toBeGreaterThan(10)
    expect(watches.length).toBeLessThan(40)
    expect(lists.length).toBeLessThan(40)
  })

  it('leaves a server alone for as long as it asks, but never for an hour', async () => {
    const { server, lists } = setUp({ list: () => ({ ...away, reason: 'TooManyRequests', retryAfter: 20 }) })
    await pass(19 * SECOND)
    expect(lists).toHaveLength(1)
    server.list = () => ({ ...away, reason: 'TooManyRequests', retryAfter: 3600 })
    await pass(32 * SECOND)
    expect(lists).toHaveLength(3)
  })

  it('is known to do nothing any more when a request never ends', async () => {
    const { reflector } = setUp({ watch: () => new Promise<never>(() => undefined) })
    await pass(10 * MINUTE)
    expect(reflector.idle).toBeGreaterThan(9 * MINUTE)
  })

  const next = (version: string) => String(Number(version) + 1)
  const error = (code: number) => line('ERROR', { code, message: 'so it is' })
  function breaks(problem: Error): never {
    throw problem
  }
})
