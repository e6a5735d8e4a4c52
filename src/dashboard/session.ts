import { instantOf } from '../lib/instant.ts'
import type { Problem, WatchEvent } from '../server/shapes.ts'
import { clockSays } from './clock.ts'
import { type Observable, observable } from './observable.ts'
import { follow, type Link, problemOf } from './stream.ts'
import { after, type Tasks } from './tasks.ts'

const TOKEN = 'rota.token'
const NAMESPACE = 'rota.namespace'
/** Changes are shown at most so often, so that a thousand at once are one. Milliseconds. */
const BATCH = 100
/** A tab that nobody looks at lets go of the stream after this. Milliseconds. */
const PATIENCE = 60_000

/** An answer that is no success. */
export class Refusal extends Error {
  readonly problem: Problem
  constructor(problem: Problem) {
    super(problem.detail)
    this.problem = problem
  }
}

/** One viewer in one tab: the token, the stream, and what has come by it. */
export interface Session {
  /** `undefined`: nothing has been told yet. */
  readonly tasks: Observable<Tasks | undefined>
  readonly link: Observable<Link>
  /** Whether it is by a token that the viewer has given. */
  readonly hasToken: () => boolean
  /** Begins anew with another token, for all namespaces. */
  readonly enter: (token: string | undefined) => void
  /** Begins anew with the tasks of one namespace. */
  readonly lookAt: (namespace: string) => void
  /** @throws Refusal */
  readonly ask: <T>(path: string, options?: { readonly method?: 'GET' | 'POST'; readonly body?: object }) => Promise<T>
}

/** Starts to follow the tasks. The token is kept for this tab, and sent in a header only. */
export function openSession(): Session {
  const tasks = observable<Tasks | undefined>(undefined)
  const link = observable<Link>({ is: 'Connecting' })
  let following = new AbortController()

  const request = (path: string, init: RequestInit = {}) => {
    const token = sessionStorage.getItem(TOKEN)
    const headers = { accept: 'application/json', ...init.headers, ...(token && { authorization: `Bearer ${token}` }) }
    return fetch(path, { ...init, headers, cache: 'no-store', credentials: 'same-origin' })
  }

  const start = () => {
    following.abort()
    following = new AbortController()
    const { signal } = following
    const namespace = sessionStorage.getItem(NAMESPACE)
    const path = `api/tasks/watch${namespace ? `?namespace=${encodeURIComponent(namespace)}` : ''}`
    const inBatches = batches<WatchEvent>(events => {
      if (!signal.aborted) tasks.set(after(tasks.get(), events))
    })
    void follow({
      signal,
      pause: pauseUntilOnline,
      open: signal => request(path, { signal }),
      onEvent: event => {
        if ('now' in event) clockSays(instantOf(event.now) ?? Date.now())
        inBatches(event)
      },
      onLink: now => {
        if (!signal.aborted && !isSame(now, link.get())) link.set(now)
      },
    })
  }

  const restart = () => {
    tasks.set(undefined)
    link.set({ is: 'Connecting' })
    start()
  }

  pauseWhileHidden(
    () => following.abort(),
    () => link.get().is !== 'Refused' && start(),
  )
  start()
  return {
    tasks,
    link,
    hasToken: () => sessionStorage.getItem(TOKEN) !== null,
    enter: token => {
      if (token === undefined) sessionStorage.removeItem(TOKEN)
      else sessionStorage.setItem(TOKEN, token)
      sessionStorage.removeItem(NAMESPACE)
      restart()
    },
    lookAt: namespace => {
      sessionStorage.setItem(NAMESPACE, namespace)
      restart()
    },
    ask: async (path, { method = 'GET', body } = {}) => {
      const json = body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
      const response = await request(path, { method, ...json })
      if (!response.ok) throw new Refusal(await problemOf(response))
      return response.json()
    },
  }
}

function isSame(one: Link, other: Link): boolean {
  const detail = (link: Link) => ('detail' in link ? link.detail : undefined)
  return one.is === other.is && detail(one) === detail(other)
}

function batches<T>(deal: (items: readonly T[]) => void): (item: T) => void {
  let waiting: T[] = []
  return item => {
    waiting.push(item)
    if (waiting.length > 1) return
    setTimeout(() => {
      const items = waiting
      waiting = []
      deal(items)
    }, BATCH)
  }
}

function pauseUntilOnline(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const timer = setTimeout(resolve, milliseconds)
    const early = () => {
      clearTimeout(timer)
      resolve()
    }
    window.addEventListener('online', early, { once: true, signal })
    signal.addEventListener('abort', early, { once: true })
  })
}

function pauseWhileHidden(stop: () => void, start: () => void): void {
  let timer: number | undefined
  let isStopped = false
  document.addEventListener('visibilitychange', () => {
    clearTimeout(timer)
    if (document.hidden) {
      timer = window.setTimeout(() => {
        isStopped = true
        stop()
      }, PATIENCE)
    } else if (isStopped) {
      isStopped = false
      start()
    }
  })
}
