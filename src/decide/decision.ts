import type { Instant } from '../lib/instant.ts'
import type { StatusEvent } from './events.ts'
import type { RunRef } from './run.ts'
import type { Settings } from './settings.ts'
import type { Task } from './task.ts'

export type StopReason =
  | 'Requested'
  | 'SpecChanged'
  | 'Deleted'
  | 'Superseded'
  | 'Replaced'
  | 'WakeRequested'
  | 'Uninstalled'

/** Rota is about to be uninstalled. */
export interface Leaving {
  /** Whole seconds: the wakes before it are dated at this. */
  readonly since: Instant
  /** What sleeps then stays asleep. */
  readonly until: Instant
  /** Whether tasks lose their finalizer although what they hold could not be woken. */
  readonly leaveAsleep: boolean
}

interface Because {
  /** The rule that decided: a file in `rules/`. */
  readonly rule: string
  readonly message: string
  /** When the answer may become another one although nothing else changes. */
  readonly lookAgain?: Instant
}

export type Decision = Because &
  (
    | { readonly do: 'Nothing' }
    /** Write what `fold` makes of these events; no event at all: what follows from the task itself. */
    | { readonly do: 'Write'; readonly events: readonly StatusEvent[] }
    /** Claim and run; the events go into the same write as the claim. */
    | { readonly do: 'Start'; readonly run: RunRef; readonly events: readonly StatusEvent[] }
    /** Carry on the active run: that of a process that is gone, or the next attempt of our own. */
    | { readonly do: 'Resume'; readonly run: RunRef }
    | { readonly do: 'Stop'; readonly because: StopReason; readonly handled?: string }
    /** Ask which namespaces the labels of the target mean, for this run. */
    | { readonly do: 'Resolve'; readonly run: string }
    /** Look whether the newest change lasts. */
    | { readonly do: 'Look' }
    /** Take the finalizer off the task. `letGo`: although something is still asleep. */
    | { readonly do: 'Release'; readonly letGo?: string }
  )

/** What a decision needs to know besides the task. */
export interface World {
  /** The nonce of this process, as it stands in `activeRun.owner`. */
  readonly owner: string
  /** Whether an attempt of the task's active run is under way in this process. */
  readonly working: boolean
  /** The clock cannot be trusted: nothing is claimed. */
  readonly clockSkewed: boolean
  readonly settings: Settings
  readonly leaving?: Leaving
  /** A task of the same namespace. */
  dependency(name: string): Task | undefined
  /** The namespaces that the labels of the target mean for a run, once they have been asked for. */
  resolved(run: string): readonly string[] | undefined
  /** Whether it has been looked if what this run did lasts. */
  hasLooked(run: string): boolean
  /** What holds back the run that is ready to start, and since when; workers are no reason. */
  readonly heldBack?: { readonly since: Instant; readonly message: string }
  /** A run with a later slot that works on one of these namespaces, or has since `run` started, if any. */
  readonly overtakenBy?: string
}

export interface Situation {
  readonly task: Task
  readonly now: Instant
  readonly world: World
}

/** One reason for doing, or not doing, something. The first rule of the list that has an answer wins. */
export type Rule = (situation: Situation) => Decision | undefined
