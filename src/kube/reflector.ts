import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import type { Emit } from '../api/facts.ts'
import { FaultError } from '../api/fault.ts'
import { messageOf } from '../lib/text.ts'
import type { Client } from './client.ts'
import { pages } from './list.ts'

/** A watch is reopened this often, so that one that is silent for longer is known to be dead. */
const WATCH_SECONDS = 12
const SILENCE = (WATCH_SECONDS + 2) * 1000
/** A watch that ends sooner than this has failed, however it ended: who opened the next one at once would do so for ever. */
const SHORTEST_WATCH = 1_000
/** Short, so that all goes on soon after the API server is back; one request at a time is no burden. */
const LONGEST_PAUSE = 4_000
/** A list of a million objects takes minutes. It is told without a pause: whoever falls silent for this long is dead. */
const LIST_SECONDS = 1_800
const LIST_SILENCE = 30_000
/** What the API server writes on the bookmark after the last object of a list. */
const END_OF_LIST = 'k8s.io/initial-events-end'
/** So long at a time objects are taken in: a thousand of them stop the event loop for a tenth of a second. */
const SLICE = 10
/** Longer than this nobody is left unwatched because a server, or what stands before it, asks for rest. */
const LONGEST_REST = 30_000

interface Meta {
  readonly metadata: {
    readonly name: string
    readonly namespace: string
    readonly uid: string
    readonly resourceVersion: string
    readonly annotations?: Readonly<Record<string, string>>
  }
}

export interface ReflectorParts<T extends Meta> {
  readonly client: Pick<Client, 'request' | 'lines'>
  readonly emit: Emit
  readonly path: string
  /** `scheduledtasks.rota.dev`, for messages. */
  readonly resource: string
  /** An object that is new or changed. */
  readonly onPut: (object: T) => void
  /** An object that is gone. */
  readonly onGone: (object: T) => void
  /** The list is complete: whatever is not among these uids did not exist at this version. */
  readonly onListed: (uids: ReadonlySet<string>, version: string) => void
}

interface WatchEvent<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR'
  readonly object: T & { readonly code?: number; readonly message?: string }
}

type WatchQuery = Readonly<Record<string, string>> & { readonly timeoutSeconds: string }

/**
 * List, then watch from there for ever: goes on from the last version seen after whatever ends the watch, and lists
 * again only when the API server no longer knows that version (410).
 */
export class Reflector<T extends Meta> {
  readonly #parts: ReflectorParts<T>
  /** What was seen last, to go on from; `undefined`: nothing that the API server still knows. */
  #version: string | undefined
  /** This API server lists in pages only: its feature WatchList is off. */
  #inPages = false
  #lastContact = Number.NEGATIVE_INFINITY
  #lastStep = performance.now()
  #synced = false

  constructor(parts: ReflectorParts<T>) {
    this.#parts = parts
  }

  /** The first list is complete. */
  get synced(): boolean {
    return this.#synced
  }

  /** Milliseconds since the API server was last heard of. */
  get silence(): number {
    return performance.now() - this.#lastContact
  }

  /** Milliseconds since it last tried: whatever the API server does, it does so again and again. */
  get idle(): number {
    return performance.now() - this.#lastStep
  }

  /** Runs until the signal is aborted; never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    for (let failures = 0; !signal.aborted; ) {
      let begun = Number.POSITIVE_INFINITY
      const wasWatching = () => performance.now() - begun >= SHORTEST_WATCH
      try {
        this.#step()
        const from = this.#version ?? (await this.#list(signal))
        begun = performance.now()
        await this.#watch(from, signal)
        if (!wasWatching()) throw new Error('the watch was closed at once')
        failures = 0
      } catch (error) {
        if (signal.aborted) return
        if (isExpired(error)) this.#version = undefined
        if (wasWatching()) failures = 0
        this.#tell(error)
        const wait = Math.min(LONGEST_PAUSE, 250 * 2 ** failures++) * (0.5 + Math.random() / 2)
        await sleep(Math.max(wait, restOf(error)), undefined, { signal }).catch(() => undefined)
      }
    }
  }

  async #list(signal: AbortSignal): Promise<string> {
    const uids = new Set<string>()
    const version = this.#inPages ? await this.#listInPages(uids, signal) : await this.#listAsWatch(uids, signal)
    this.#isolated(() => this.#parts.onListed(uids, version))
    this.#version = version
    this.#synced = true
    return version
  }

  /**
   * A watch that begins with all there is: one object at a time, so that nobody has to hold thousands of them as text.
   * https://kubernetes.io/docs/reference/using-api/api-concepts/#streaming-lists
   */
  async #listAsWatch(uids: Set<string>, signal: AbortSignal): Promise<string> {
    const query = {
      sendInitialEvents: 'true',
      resourceVersionMatch: 'NotOlderThan',
      timeoutSeconds: String(LIST_SECONDS),
    }
    const itsTurn = turns()
    try {
      for await (const event of this.#events(query, LIST_SILENCE, signal)) {
        const { type, object } = event
        if (type === 'BOOKMARK' && object.metadata.annotations?.[END_OF_LIST] === 'true')
          return object.metadata.resourceVersion
        if (type === 'DELETED') uids.delete(object.metadata.uid)
        else if (type !== 'BOOKMARK') uids.add(object.metadata.uid)
        this.#take(event)
        await itsTurn()
      }
    } catch (error) {
      if (isRefused(error)) this.#inPages = true
      else if (!isNotReady(error)) throw error
      return this.#listInPages(uids, signal)
    }
    throw new Error('the watch ended before all there is was told')
  }

  async #listInPages(uids: Set<string>, signal: AbortSignal): Promise<string> {
    const { client, path, resource } = this.#parts
    const itsTurn = turns()
    let version = ''
    for await (const page of pages<T>(client, { path, resource, signal })) {
      this.#heard()
      version = page.resourceVersion
      for (const object of page.items) {
        uids.add(object.metadata.uid)
        this.#take({ type: 'ADDED', object })
        await itsTurn()
      }
    }
    return version
  }

  /** One watch, which ends by itself after a while. What was seen before it breaks needs not be seen again. */
  async #watch(from: string, signal: AbortSignal): Promise<void> {
    const query = { timeoutSeconds: String(WATCH_SECONDS), resourceVersion: from }
    for await (const event of this.#events(query, SILENCE, signal)) {
      this.#take(event)
      this.#version = event.object.metadata.resourceVersion
    }
    // It ended by itself, as asked for: the API server is there.
    this.#heard()
  }

  /** @throws FaultError, also for what the watch says of itself; when it falls silent for so many milliseconds; the abort */
  async *#events(query: WatchQuery, silence: number, signal: AbortSignal): AsyncGenerator<WatchEvent<T>> {
    const { client, path, resource } = this.#parts
    const silent = new AbortController()
    const fallSilent = () => silent.abort(new Error('the watch fell silent'))
    let timer = setTimeout(fallSilent, silence)
    try {
      const watched = AbortSignal.any([signal, silent.signal])
      const all = { watch: '1', allowWatchBookmarks: 'true', ...query }
      const request = { method: 'GET', verb: 'watch', path, resource, query: all, signal: watched } as const
      for await (const line of client.lines(request)) {
        if (line === '') continue
        clearTimeout(timer)
        timer = setTimeout(fallSilent, silence)
        const event = JSON.parse(line) as WatchEvent<T>
        if (event.type === 'ERROR') throw watchError(resource, event.object.code, event.object.message)
        this.#heard()
        yield event
      }
    } finally {
      clearTimeout(timer)
    }
  }

  #take({ type, object }: WatchEvent<T>): void {
    const { onPut, onGone } = this.#parts
    if (type === 'DELETED') this.#isolated(() => onGone(object))
    else if (type !== 'BOOKMARK') this.#isolated(() => onPut(object))
  }

  #step(): void {
    this.#lastStep = performance.now()
  }

  #heard(): void {
    this.#step()
    this.#lastContact = performance.now()
  }

  #tell(error: unknown): void {
    const said = messageOf(error)
    const missing = error instanceof FaultError && error.fault.reason === 'NotFound'
    const because = missing ? `${said}: is the CustomResourceDefinition installed?` : said
    this.#parts.emit({ fact: 'WatchRestarted', resource: this.#parts.resource, because })
  }

  /** A mistake in the handling of one object must not end the watch of all. */
  #isolated(handle: () => void): void {
    try {
      handle()
    } catch (error) {
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
      this.#parts.emit({ fact: 'Trouble', where: this.#parts.resource, message })
    }
  }
}

/** To be awaited after each object: lets others have the event loop whenever it was held for a slice of time. */
function turns(): () => Promise<void> {
  let begun = performance.now()
  return async () => {
    if (performance.now() - begun < SLICE) return
    await nextTurn()
    begun = performance.now()
  }
}

function watchError(resource: string, code: number | undefined, message = ''): FaultError {
  const expired = code === 410
  return new FaultError({
    class: expired ? 'Gone' : 'Transient',
    reason: expired ? 'Expired' : 'WatchError',
    message: `watch of ${resource} ended with ${code}: ${message}`,
  })
}

/**
 * As long as its cache is not ready, of a kind that has just been installed too, an API server tells nothing by a watch, and asks
 * for a second of rest; pages it reads itself. Who asks for more has too much to do.
 */
function isNotReady(error: unknown): boolean {
  return error instanceof FaultError && error.fault.reason === 'TooManyRequests' && restOf(error) <= 1_000
}

/** An API server that cannot begin a watch with all there is calls that parameter forbidden. */
function isRefused(error: unknown): boolean {
  return error instanceof FaultError && error.fault.class === 'Invalid'
}

function isExpired(error: unknown): boolean {
  return error instanceof FaultError && error.fault.reason === 'Expired'
}

/** Milliseconds that a server has asked to be left alone. */
function restOf(error: unknown): number {
  const { retryAfter = 0 } = error instanceof FaultError ? error.fault : {}
  return Math.min(LONGEST_REST, retryAfter * 1000)
}
