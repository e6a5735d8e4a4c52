import type { Evidence } from './evidence.ts'

/** An invariant of the design that something has broken. */
export interface Violation {
  /** Its number in `src/README.md`. */
  readonly invariant: number
  /** The task, or the object. */
  readonly about: string
  readonly message: string
}

export function inWords({ invariant, about, message }: Violation): string {
  return `${invariant}: ${about}: ${message}`
}

/** Looks for breaches of one invariant. */
export type Invariant = (evidence: Evidence) => readonly Violation[]
