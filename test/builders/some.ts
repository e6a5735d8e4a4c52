import { dice } from './dice.ts'

/** So many of these, chosen by a seed. */
export function some<T>(items: readonly T[], count: number, seed: number): readonly T[] {
  const { below } = dice(seed)
  const drawn = items.map(item => [below(2 ** 31), item] as const).sort(([a], [b]) => a - b)
  return drawn.slice(0, count).map(([, item]) => item)
}
