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
/** So long at a time the objects of a page are taken in: a thousand of them stop the event loop for a tenth of a second. */
const SLICE = 10
/** Longer than this nobody is left unwatched because a server, or what stands before it, asks for rest. */
const LONGEST_REST = 30_000

interface Meta {
  readonly metadata: {
    readonly name: string
    readonly namespace: string
    readonly uid: string
    readonly resourceVersion: string
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

/**
 * List, then watch from there for ever: goes on from the last version seen after whatever ends the watch, and lists
 * again only when the API server no longer knows that version (410).
 */
export class Reflector<T extends Meta> {
  readonly #parts: ReflectorParts<T>
  /** What was seen last, to go on from; `undefined`: nothing that the API server still knows. */
  #version: string | undefined
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
    const { client, path, resource, onPut, onListed } = this.#parts
    const uids = new Set<string>()
    let version = ''
    for await (const page of pages<T>(client, { path, resource, signal })) {
      this.#heard()
      version = page.resourceVersion
      let begun = performance.now()
      for (const object of page.items) {
        uids.add(object.metadata.uid)
        this.#isolated(() => onPut(object))
        if (performance.now() - begun < SLICE) continue
        await nextTurn()
        begun = performance.now()
      }
    }
    this.#isolated(() => onListed(uids, version))
    this.#version = version
    this.#synced = true
    return version
  }

  /** One watch, which ends by itself after a while. What was seen before it breaks needs not be seen again. */
  async #watch(from: string, signal: AbortSignal): Promise<void> {
    const { client, path, resource, onPut, onGone } = this.#parts
    const silent = new AbortController()
    const fallSilent = () => silent.abort(new Error('the watch fell silent'))
    let timer = setTimeout(fallSilent, SILENCE)
    const query = {
      watch: '1',
      allowWatchBookmarks: 'true',
      timeoutSeconds: String(WATCH_SECONDS),
      resourceVersion: from,
    }
    try {
      const watched = AbortSignal.any([signal, silent.signal])
      for await (const line of client.lines({ method: 'GET', verb: 'watch', path, resource, query, signal: watched })) {
        if (line === '') continue
        clearTimeout(timer)
        timer = setTimeout(fallSilent, SILENCE)
        const { type, object } = JSON.parse(line) as WatchEvent<T>
        if (type === 'ERROR') throw watchError(resource, object.code, object.message)
        this.#heard()
        if (type === 'DELETED') this.#isolated(() => onGone(object))
        else if (type !== 'BOOKMARK') this.#isolated(() => onPut(object))
        this.#version = object.metadata.resourceVersion
      }
      // It ended by itself, as asked for: the API server is there.
      this.#heard()
    } finally {
      clearTimeout(timer)
    }
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

function watchError(resource: string, code: number | undefined, message = ''): FaultError {
  const expired = code === 410
  return new FaultError({
    class: expired ? 'Gone' : 'Transient',
    reason: expired ? 'Expired' : 'WatchError',
    message: `watch of ${resource} ended with ${code}: ${message}`,
  })
}

function isExpired(error: unknown): boolean {
  return error instanceof FaultError && error.fault.reason === 'Expired'
}

/** Milliseconds that a server has asked to be left alone. */
function restOf(error: unknown): number {
  const { retryAfter = 0 } = error instanceof FaultError ? error.fault : {}
  return Math.min(LONGEST_REST, retryAfter * 1000)
}
