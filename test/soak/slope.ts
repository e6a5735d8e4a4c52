/** A straight line through points, by least squares. */
export interface Slope {
  /** Change of y for each unit of x. */
  readonly slope: number
  /** Half of its confidence interval at 95 %. */
  readonly margin: number
}

/** Of Student's distribution for many points: 97.5 % lie below. */
const T_95 = 1.96

/**
 * Ordinary least squares (see any textbook: slope = Sxy / Sxx, its standard error = √(SSE / (n - 2) / Sxx)). Neighbouring
 * samples resemble each other, which makes the true interval wider than this one; hence `block` of them count as one, their mean.
 */
export function slopeOf(points: readonly (readonly [x: number, y: number])[], block = 1): Slope {
  const blocks = Array.from({ length: Math.floor(points.length / block) }, (_, n) => {
    const some = points.slice(n * block, (n + 1) * block)
    return [mean(some.map(([x]) => x)), mean(some.map(([, y]) => y))] as const
  })
  if (blocks.length < 3) return { slope: 0, margin: Number.POSITIVE_INFINITY }
  const { slope, sxx, errors } = leastSquares(blocks)
  return { slope, margin: T_95 * Math.sqrt(errors / (blocks.length - 2) / sxx) }
}

/** The slope of the line through at least two points, the Sxx of them, and the sum of its squared errors. */
export function leastSquares(points: readonly (readonly [x: number, y: number])[]) {
  const middle = mean(points.map(([x]) => x))
  const level = mean(points.map(([, y]) => y))
  const sxx = sum(points.map(([x]) => (x - middle) ** 2))
  const slope = sum(points.map(([x, y]) => (x - middle) * (y - level))) / sxx
  const errors = sum(points.map(([x, y]) => (y - level - slope * (x - middle)) ** 2))
  return { slope, sxx, errors }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

function mean(numbers: readonly number[]): number {
  return sum(numbers) / numbers.length
}
