import { leastSquares } from '../soak/slope.ts'

/** The value below which this share of all lies, interpolated; NaN of none. @param share 0..1 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const place = share * (sorted.length - 1)
  const below = sorted[Math.floor(place)] ?? Number.NaN
  const above = sorted[Math.ceil(place)] ?? Number.NaN
  return below + (above - below) * (place - Math.floor(place))
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** How far the values lie apart, as a share of their median: (largest − smallest) / median. */
export function spread(values: readonly number[]): number {
  return (Math.max(...values) - Math.min(...values)) / median(values)
}

/** How far the second is from the first, as a share of the first. */
export function drift(first: number, second: number): number {
  return Math.abs(second - first) / first
}

/** The shares of values up to each value: points of a cumulative distribution, no more than asked for. */
export function distribution(values: readonly number[], points = 200): readonly (readonly [number, number])[] {
  const sorted = values.toSorted((a, b) => a - b)
  const step = Math.max(1, Math.ceil(sorted.length / points))
  return sorted
    .map((value, n) => [value, (n + 1) / sorted.length] as const)
    .filter((_, n) => n === 0 || n === sorted.length - 1 || (n + 1) % step === 0)
}

/** How many of the instants fall into each interval, from the first instant on. @param width in the unit of the instants */
export function rates(instants: readonly number[], width: number): readonly (readonly [number, number])[] {
  if (instants.length === 0) return []
  const first = Math.min(...instants)
  const counts: number[] = []
  for (const instant of instants) {
    const n = Math.floor((instant - first) / width)
    counts[n] = (counts[n] ?? 0) + 1
  }
  return Array.from(counts, (count, n) => [n * width, count ?? 0] as const)
}

/** The b of y = a·x^b through the points, by least squares: 0 is flat, 1 is linear. Of at least two. */
export function exponent(points: readonly (readonly [number, number])[]): number {
  return leastSquares(points.map(([x, y]) => [Math.log(x), Math.log(y)] as const)).slope
}
