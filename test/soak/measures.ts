import { slopeOf } from './slope.ts'

const MIB = 2 ** 20
const HOUR = 3600

/** What must not grow, and how much growth in an hour is no leak worth speaking of. */
export interface Measure {
  readonly name: string
  /** Name of the series in `/metrics`. */
  readonly series: string
  /** What one of the shown is in the units of the series. */
  readonly unit: number
  /** In an hour, in what is shown. */
  readonly bound: number
}

export const MEASURES: readonly Measure[] = [
  { name: 'heap after GC (MiB)', series: 'nodejs_heap_size_used_bytes', unit: MIB, bound: 2 },
  { name: 'resident memory (MiB)', series: 'process_resident_memory_bytes', unit: MIB, bound: 16 },
  { name: 'memory beside the heap (MiB)', series: 'nodejs_external_memory_bytes', unit: MIB, bound: 2 },
  { name: 'file descriptors', series: 'process_open_fds', unit: 1, bound: 6 },
  { name: 'sockets, timers and so on', series: 'nodejs_active_resources', unit: 1, bound: 6 },
  { name: 'event-loop lag, p99 (ms)', series: 'nodejs_eventloop_lag_p99_seconds', unit: 1e-3, bound: 10 },
]

export interface Sample {
  /** Seconds since the start. */
  readonly at: number
  readonly values: ReadonlyMap<string, number>
}

/** The series without labels, and the sums of those with, of a text that Prometheus could scrape. */
export function seriesIn(text: string): ReadonlyMap<string, number> {
  const series = new Map<string, number>()
  for (const line of text.split('\n')) {
    const [, name, value] = /^([a-zA-Z_:][\w:]*)(?:\{.*\})? (\S+)$/.exec(line) ?? []
    if (name !== undefined) series.set(name, (series.get(name) ?? 0) + Number(value))
  }
  return series
}

export interface Finding {
  readonly measure: Measure
  readonly first: number
  readonly last: number
  readonly most: number
  /** In an hour. */
  readonly slope: number
  readonly margin: number
  readonly verdict: 'flat' | 'grows' | 'unknown'
}

/** How each measure went in the second half: the first one warms up. */
export function findingsOf(samples: readonly Sample[], block: number): readonly Finding[] {
  const half = samples.slice(Math.ceil(samples.length / 2))
  return MEASURES.map(measure => {
    const { series, unit, bound } = measure
    const points = half.map(({ at, values }) => [at / HOUR, (values.get(series) ?? Number.NaN) / unit] as const)
    const { slope, margin } = slopeOf(points, block)
    const shown = points.map(([, value]) => value)
    return {
      measure,
      first: shown[0] ?? Number.NaN,
      last: shown.at(-1) ?? Number.NaN,
      most: Math.max(...shown),
      slope,
      margin,
      verdict: verdictOf(slope, margin, bound),
    }
  })
}

/** It grows when even the least of what the slope may be is more than the bound. */
function verdictOf(slope: number, margin: number, bound: number): Finding['verdict'] {
  if (!Number.isFinite(slope) || !Number.isFinite(margin)) return 'unknown'
  return slope - margin > bound ? 'grows' : 'flat'
}

/** As rows of a table. */
export function tableOf(findings: readonly Finding[]): readonly (readonly string[])[] {
  const header = ['MEASURE', 'FIRST', 'LAST', 'MOST', 'SLOPE PER HOUR', '95 %', 'BOUND', 'VERDICT']
  return [
    header,
    ...findings.map(({ measure, first, last, most, slope, margin, verdict }) => [
      measure.name,
      ...[first, last, most].map(value => value.toFixed(1)),
      `${slope < 0 ? '' : '+'}${slope.toFixed(1)}`,
      `± ${margin.toFixed(1)}`,
      String(measure.bound),
      verdict,
    ]),
  ]
}
