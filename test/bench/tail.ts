import { statSync } from 'node:fs'
import { bytesOf } from '../harness/audit.ts'

/**
 * Counts how often a text has been added to a growing file, from a place on. It only looks at what is new, and at the bytes of
 * that: whoever measures must not be a load himself.
 */
export function counting(path: string, from: number, text: string): () => number {
  const wanted = Buffer.from(text)
  let place = from
  let count = 0
  return () => {
    const bytes = bytesOf(path, place, Math.max(place, statSync(path).size))
    let end = 0
    for (let at = bytes.indexOf(wanted); at >= 0; at = bytes.indexOf(wanted, end)) {
      count++
      end = at + wanted.length
    }
    // What is cut in two here is whole at the next look.
    place += Math.max(end, bytes.length - wanted.length + 1, 0)
    return count
  }
}
