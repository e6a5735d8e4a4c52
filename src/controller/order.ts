import type { Instant } from '../lib/instant.ts'

/** A place in a line: the older slot first, of one slot the lower uid. */
export interface Placed {
  readonly slotTime: Instant
  readonly uid: string
}

/** Puts them where they belong in a line that is in order. */
export function inOrder<T extends Placed>(line: T[], ...added: readonly T[]): T[] {
  for (const one of added) line.splice(placeOf(line, one), 0, one)
  return line
}

/** Takes one out, if it is there. */
export function leave<T extends Placed>(line: T[], one: T): void {
  const at = placeOf(line, one)
  if (line[at] === one) line.splice(at, 1)
}

/** How many come before it. */
function placeOf(line: readonly Placed[], one: Placed): number {
  let [low, high] = [0, line.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (isBefore(line[middle] as Placed, one)) low = middle + 1
    else high = middle
  }
  return low
}

function isBefore(a: Placed, b: Placed): boolean {
  return a.slotTime < b.slotTime || (a.slotTime === b.slotTime && a.uid < b.uid)
}
