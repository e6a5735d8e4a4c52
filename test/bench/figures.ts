import { median, spread } from './statistics.ts'

/** A line of the table: what was measured, one value a round. */
export interface Figure {
  readonly what: string
  /** What is aimed at, in words; '' where there is nothing. */
  readonly target: string
  /** What a value is in: '×', 'ms', 'MiB'. */
  readonly unit: string
  readonly values: readonly number[]
  /** Whether a value reaches the target. */
  readonly reaches?: (value: number) => boolean
  /** What one has to know to read it. */
  readonly note?: string
}

/** The most that may be, and the least. */
export const atMost = (limit: number) => (value: number) => value <= limit
export const atLeast = (limit: number) => (value: number) => value >= limit

export type Verdict = 'met' | 'not met' | ''

/** Whether the median reaches the target; '' where there is none. */
export function verdictOf({ values, reaches }: Figure): Verdict {
  if (!reaches) return ''
  return reaches(median(values)) ? 'met' : 'not met'
}

/** All figures as a table of Markdown. */
export function tableOf(figures: readonly Figure[]): string {
  const rows = figures.map(figure => {
    const { what, target, unit, values, note = '' } = figure
    const scattered = values.length > 1 ? `± ${shown(spread(values) * 50)} % of ${values.length}` : 'one round'
    const measured = `${shown(median(values))} ${unit}`.trim()
    return [what, target, measured, scattered, verdictOf(figure), note]
  })
  const header = ['what', 'target', 'measured', 'spread', '', 'note']
  return [header, header.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n')
}

/** Three digits that count, and none that do not. */
export function shown(value: number): string {
  if (!Number.isFinite(value)) return 'unknown'
  if (value === 0) return '0'
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))))
  return value.toFixed(digits)
}
