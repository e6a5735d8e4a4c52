/** Chance that comes out the same every time. */
export interface Dice {
  /** A whole number from 0 to below `limit`. */
  below(limit: number): number
  /** One of these. */
  of<T>(choices: readonly T[]): T
}

/** Mulberry32: 32 bits of state, good enough for making up cases. */
export function dice(seed: number): Dice {
  let state = seed >>> 0
  const below = (limit: number) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit)
  }
  return { below, of: choices => choices[below(choices.length)] as (typeof choices)[number] }
}
