import type { Answers, Api, Tasks, Viewer } from '../../src/server/ports.ts'
import { at } from './task.ts'

/** No tasks at all; `tasks` says what else there is. */
export function tasksOf(changes: Partial<Tasks> = {}): Tasks {
  return {
    get: () => undefined,
    all: () => [],
    size: 0,
    history: ({ status }) => status.history ?? [],
    subscribe: () => () => undefined,
    command: ({ operation, namespace }) => `${operation} namespace/${namespace}`,
    upcoming: () => [],
    canCancel: () => false,
    why: () => ({ rule: 'idle', decision: 'Nothing', message: 'runs on request', look_again: null, hint: null }),
    runId: () => '0123456789abcdef',
    ...changes,
  }
}

/** Who may do everything, and does nothing. */
export function anyViewer(changes: Partial<Viewer> = {}): Viewer {
  return {
    may: async () => true,
    annotate: async () => Promise.reject(new Error('nothing is to be changed')),
    preview: async () => ({ seen_as: 'Caller', runs: [] }),
    ...changes,
  }
}

export function apiOf(changes: Partial<Api> = {}): Api {
  const viewer = anyViewer()
  return {
    isLocal: false,
    version: '1.2.3',
    tasks: tasksOf(),
    pool: () => ({ workers: 5 }),
    settings: { taskTimeoutSeconds: 300, taskMaxRetries: 3, taskRetryDelaySeconds: 10 },
    now: () => at('2026-01-05T12:00:00Z'),
    isSynced: () => true,
    viewer: async () => viewer,
    ...changes,
  }
}

/** A server that is well, and knows no tasks. */
export function answersOf(changes: Partial<Answers> = {}): Answers {
  return {
    notAlive: () => undefined,
    notReady: () => undefined,
    health: () => ({}),
    metrics: async () => ({ contentType: 'text/plain', text: '' }),
    page: undefined,
    api: apiOf(),
    ...changes,
  }
}
