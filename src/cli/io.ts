import type { Clock } from '../lib/clock.ts'

/** Where a command writes to. */
export interface Out {
  write(text: string): void
  readonly isTTY?: boolean
}

/** What a command knows of the world: tests replace it. */
export interface Io {
  readonly clock: Clock
  readonly out: Out
  /** For everything that is not the answer: progress, hints, errors. */
  readonly err: Out
  readonly env: Readonly<Record<string, string | undefined>>
  /** Aborted when the person has had enough. */
  readonly signal: AbortSignal
  /** Reads a file, `-` is what is piped in. @throws Error when it cannot */
  read(file: string): string
}

/** Exit status of commands that could be understood: done, or not. */
export const DONE = 0
export const FAILED = 1
/** For flags, values and commands that cannot be understood. */
export const MISUSE = 2

/** A command that cannot do what it was asked for; the message is one line for people. */
export class CommandError extends Error {
  readonly status: number
  constructor(message: string, status = FAILED) {
    super(message)
    this.status = status
  }
}

/** @throws CommandError with exit status 2 */
export function misuse(message: string): never {
  throw new CommandError(message, MISUSE)
}
