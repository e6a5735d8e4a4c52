import { createHash } from 'node:crypto'

/**
 * SHA-256 over the parts, each preceded by its length so that `('ab','c')` and `('a','bc')` differ.
 * The first 16 hex digits (64 bits): enough to tell the runs of one task apart, short enough to read and type.
 */
export function shortHash(...parts: readonly string[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(`${part.length}:${part};`)
  return hash.digest('hex').slice(0, 16)
}

/** A number in [0, 1) that depends on nothing but the parts: all jitter is a hash, never random. */
export function hashFraction(...parts: readonly string[]): number {
  return Number.parseInt(shortHash(...parts).slice(0, 12), 16) / 2 ** 48
}
