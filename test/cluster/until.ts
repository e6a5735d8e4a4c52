import { setTimeout as sleep } from 'node:timers/promises'
import { inspect } from 'node:util'

export interface UntilOptions {
  /** Milliseconds, 60 s unless told. */
  readonly timeout?: number
  /** Milliseconds between two looks, 100 unless told. */
  readonly interval?: number
  readonly signal?: AbortSignal
}

/**
 * Looks again and again until `accept` is content, and returns what was seen then.
 * A look that throws counts as not yet. The error at the end tells what was seen last.
 */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  accept: (seen: T) => boolean = Boolean,
  { timeout = 60_000, interval = 100, signal }: UntilOptions = {},
): Promise<T> {
  const start = performance.now()
  let last: unknown
  for (;;) {
    try {
      const seen = await look()
      if (accept(seen)) return seen
      last = seen
    } catch (error) {
      last = error
    }
    if (performance.now() - start >= timeout) {
      throw new Error(`Waited ${timeout / 1000} s in vain: ${what}. Last seen: ${show(last)}`)
    }
    await sleep(interval, undefined, signal && { signal }).catch(() => {})
    signal?.throwIfAborted()
  }
}

function show(value: unknown): string {
  const text = value instanceof Error ? value.message : inspect(value, { depth: 6, breakLength: 120 })
  return text.length > 2000 ? `${text.slice(0, 2000)} …` : text
}
