import { setTimeout as sleep } from 'node:timers/promises'
import type { Task } from '../decide/task.ts'
import { rfc3339 } from '../lib/instant.ts'
import type { Api } from './ports.ts'
import type { WatchEvent } from './shapes.ts'
import { taskView } from './task-view.ts'
import { taskViews } from './task-views.ts'

/** What changes within this time is told at once. Milliseconds. */
const GATHERED = 300
/** Who hears nothing for longer than this has lost the connection. Milliseconds. */
const BEAT = 10_000

export interface WatchOptions {
  /** Of one namespace, or of all. */
  readonly namespace: string | undefined
  /** Asked now and then whether the viewer may still see it. */
  readonly isAllowed: () => Promise<boolean>
  /** Called when it has ended, whoever has ended it. */
  readonly ended: () => void
  /** Ends the stream. */
  readonly signal: AbortSignal
  readonly gathered?: number
  readonly beat?: number
}

/**
 * All tasks, then each one that changes, as lines of JSON. Nothing is kept but which tasks have changed: who reads slowly
 * gets the newest state of each when there is room again.
 */
export function watchTasks(api: Api, options: WatchOptions): ReadableStream<Uint8Array> {
  const { namespace, isAllowed, gathered = GATHERED, beat = BEAT } = options
  const { tasks } = api
  const isOf = (key: string) => namespace === undefined || key.startsWith(`${namespace}/`)
  const ending = new AbortController()
  const signal = AbortSignal.any([options.signal, ending.signal])
  const changed = new Set<string>()
  let wake = Promise.withResolvers<void>()
  const unsubscribe = tasks.subscribe(key => {
    if (!isOf(key)) return
    changed.add(key)
    wake.resolve()
  })
  const end = () => {
    unsubscribe()
    options.ended()
  }
  if (signal.aborted) end()
  else signal.addEventListener('abort', end, { once: true })
  let begun = false
  let checked = performance.now()

  const nextLines = async (): Promise<string | undefined> => {
    if (!begun) {
      begun = true
      changed.clear()
      const own = [...tasks.all()].filter(({ key }) => isOf(key))
      return line({ type: 'all', tasks: await taskViews(api, own, signal), now: rfc3339(api.now()) })
    }
    const timer = new AbortController()
    const quiet = sleep(beat, undefined, { signal: AbortSignal.any([signal, timer.signal]) })
    try {
      await Promise.race([wake.promise, quiet])
    } finally {
      timer.abort()
      quiet.catch(() => undefined)
    }
    if (performance.now() - checked >= beat) {
      if (!(await isAllowed())) return undefined
      checked = performance.now()
    }
    if (changed.size === 0) return line({ type: 'beat', now: rfc3339(api.now()) })
    await sleep(gathered, undefined, { signal })
    const keys = [...changed]
    changed.clear()
    wake = Promise.withResolvers<void>()
    return keys.map(key => lineOf(api, key, tasks.get(key))).join('')
  }

  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const text = await nextLines()
          if (text === undefined) {
            ending.abort()
            controller.close()
          } else controller.enqueue(new TextEncoder().encode(text))
        } catch (error) {
          ending.abort()
          if (signal.aborted) controller.close()
          else controller.error(error)
        }
      },
      cancel() {
        ending.abort()
      },
    },
    { highWaterMark: 0 },
  )
}

function lineOf(api: Api, key: string, task: Task | undefined): string {
  if (!task) return line({ type: 'gone', task_id: key })
  return line({ type: 'put', task: taskView(api.tasks, task, api.now()) })
}

function line(event: WatchEvent): string {
  return `${JSON.stringify(event)}\n`
}
