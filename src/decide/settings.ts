import type { Spec } from '../api/task.ts'

/** What the environment decides for all tasks, where their specs say nothing. */
export interface Settings {
  readonly taskTimeoutSeconds: number
  readonly taskMaxRetries: number
  readonly taskRetryDelaySeconds: number
}

/** How attempts of a task's runs go: what the spec says, else the settings. */
export interface Effort {
  readonly timeoutSeconds: number
  /** Attempts in all, the first included. */
  readonly attempts: number
  readonly delaySeconds: number
  readonly backoff: 'Exponential' | 'Constant'
  readonly maxDelaySeconds: number
}

export function effortOf(spec: Spec, settings: Settings): Effort {
  return {
    timeoutSeconds: spec.timeoutSeconds ?? settings.taskTimeoutSeconds,
    attempts: spec.retry?.attempts ?? settings.taskMaxRetries,
    delaySeconds: spec.retry?.delaySeconds ?? settings.taskRetryDelaySeconds,
    backoff: spec.retry?.backoff ?? 'Exponential',
    maxDelaySeconds: spec.retry?.maxDelaySeconds ?? 300,
  }
}
