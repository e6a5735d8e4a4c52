import type { HistoryEntry, OperationName, ScheduledTask } from '../api/task.ts'
import type { Settings } from '../decide/settings.ts'
import type { Task } from '../decide/task.ts'
import type { Instant } from '../lib/instant.ts'
import type { PageFiles } from './page.ts'
import type { PreviewView, WhyView } from './shapes.ts'

/** What the server answers from. */
export interface Answers {
  /** Why this process should be started again, or `undefined`: not because the API server is away, which that cannot mend. */
  notAlive(): string | undefined
  /** Why this process is not ready to work, or `undefined`. */
  notReady(): string | undefined
  health(): object
  metrics(): Promise<{ readonly contentType: string; readonly text: string }>
  /** The dashboard; there is none where there is no build. */
  readonly page: PageFiles | undefined
  readonly api: Api
}

/** What the REST API answers from. */
export interface Api {
  /** Whoever asks may do everything, from this machine only (`--insecure-local`). */
  readonly isLocal: boolean
  /** Of Rota. */
  readonly version: string
  readonly tasks: Tasks
  readonly pool: () => { readonly workers: number }
  readonly settings: Settings
  now(): Instant
  /** Whether all tasks are known. */
  isSynced(): boolean
  /** Whose token this is; `undefined`: nobody's. @throws Refusal */
  viewer(token: string | undefined): Promise<Viewer | undefined>
}

/** A question whether somebody may do something: with tasks, or with a path. */
export type Wish =
  | { readonly verb: 'get' | 'list' | 'patch'; readonly namespace?: string; readonly name?: string }
  | { readonly path: string }

/** Somebody who asks, and all that is done with their own rights. */
export interface Viewer {
  /** @throws Refusal */
  may(wish: Wish): Promise<boolean>
  /**
   * Sets annotations of a task: only of the one with this uid, if there is one.
   * @throws FaultError
   */
  annotate(about: Pick<Task, 'namespace' | 'name'> & { readonly uid?: string }, to: Annotations): Promise<ScheduledTask>
  /** @param seesAll whether they may know of tasks in other namespaces. @throws FaultError; what the signal was aborted with */
  preview(task: Task, seesAll: boolean, signal: AbortSignal): Promise<PreviewView>
}

export type Annotations = Readonly<Record<string, string | null>>

/** The tasks as this process watches them, and what the rules say about them. */
export interface Tasks {
  get(key: string): Task | undefined
  all(): Iterable<Task>
  readonly size: number
  /** Newest first. */
  history(task: Task): readonly HistoryEntry[]
  /** The listener is called with the key of whatever is new, changed or gone; returns how to end that. */
  subscribe(listener: (key: string) => void): () => void
  command(task: Task): string
  /** @param horizon none whose slot lies after it */
  upcoming(task: Task, now: Instant, limit: number, horizon?: Instant): readonly Upcoming[]
  /** Whether there is something that a cancel would end, or keep from starting. */
  canCancel(task: Task, now: Instant): boolean
  /** @param seesAll whether tasks of other namespaces may be named */
  why(task: Task, seesAll: boolean, now: Instant): WhyView
  runId(uid: string, operation: OperationName, token: string): string
}

export interface Upcoming {
  readonly operation: OperationName
  readonly at: Instant
  readonly due: Instant
}
