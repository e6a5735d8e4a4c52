import type { Store } from './controller/store.ts'
import { command } from './decide/command.ts'
import { newToken } from './decide/requests.ts'
import { runId } from './decide/run.ts'
import type { Settings } from './decide/settings.ts'
import { nextRuns, owedSlot } from './decide/slots.ts'
import { keyOf, spokenOf, type Task } from './decide/task.ts'
import type { Instant } from './lib/instant.ts'
import { reasonFor } from './runs/why.ts'
import type { Tasks } from './server/ports.ts'

/** The tasks of a store as the server asks for them. */
export function taskBook(store: Store, settings: Settings, subscribe: Tasks['subscribe']): Tasks {
  return {
    get: key => store.get(key),
    all: () => store.all(),
    get size() {
      return store.size
    },
    history: ({ status }) => status.history ?? [],
    subscribe,
    command: task => command(task, task.operation, task.status.activeRun?.namespaces ?? []),
    upcoming: nextRuns,
    canCancel: (task, now) => canCancel(store, task, now),
    why(task, seesAll, now) {
      const among = { get: (key: string) => store.get(key), values: () => store.all() }
      const called = (key: string) => (seesAll ? key : spokenOf(key, task.key))
      const { lookAgain, ...reason } = reasonFor(task, among, settings, now, called)
      return { ...reason, look_again: lookAgain }
    },
    runId: (uid, operation, token) => runId(uid, operation, 'Request', token),
  }
}

/** What a cancel ends: the active run, a request, or a slot that is owed. */
function canCancel(store: Store, task: Task, now: Instant): boolean {
  const world = { dependency: (name: string) => store.get(keyOf(task.namespace, name)) }
  const isAsked = (['run', 'wake'] as const).some(name => newToken(task, name) !== undefined)
  return task.status.activeRun !== undefined || isAsked || owedSlot(task, now, world) !== undefined
}
