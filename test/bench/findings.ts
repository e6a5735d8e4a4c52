import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Figure, tableOf } from './figures.ts'
import { type Plot, type Series, svgOf } from './plot.ts'
import type { Nights } from './sleepers.ts'

export interface Findings {
  readonly figures: Figure[]
  /** By the name of their file, without the ending. */
  readonly plots: Map<string, Plot>
  /** Everything as it was measured, by the name of the load. */
  readonly raw: Map<string, unknown>
  /** Lateness of tasks that were due at once, in milliseconds, the first one first: what peers are held against. */
  readonly atOnce: (readonly number[])[]
  /** Of Rota, by how many Deployments there were: what peers are held against as well. */
  readonly nights: Map<number, Nights>
  /** Why what is here must not be believed. */
  readonly distrusted: string[]
  /** What was left out. */
  readonly skipped: string[]
}

export function noFindings(): Findings {
  return { figures: [], plots: new Map(), raw: new Map(), atOnce: [], nights: new Map(), distrusted: [], skipped: [] }
}

/** One more line in a plot, which several loads draw. */
export function addSeries({ plots }: Findings, file: string, about: Omit<Plot, 'series'>, series: Series): void {
  plots.set(file, { ...about, series: [...(plots.get(file)?.series ?? []), series] })
}

/** The table, with what one must know before reading it. */
export function reportOf({ figures, plots, distrusted, skipped }: Findings, about: string): string {
  const images = [...plots].map(([file, { title }]) => `![${title}](${file}.svg)`)
  const warnings = [...distrusted.map(reason => `**${reason}**`), ...skipped.map(what => `Left out: ${what}`)]
  return `${['# Benchmark', about, ...warnings, tableOf(figures), ...images].join('\n\n')}\n`
}

/** `bench.json`, `bench.md` and the plots. */
export function writeFindings(folder: string, findings: Findings, about: string): void {
  mkdirSync(folder, { recursive: true })
  const write = (file: string, text: string) => writeFileSync(join(folder, file), text)
  const { figures, distrusted, skipped, raw } = findings
  const everything = { about, distrusted, skipped, figures, raw: Object.fromEntries(raw) }
  const plain = (_: string, value: unknown) => (value instanceof Map ? [...value] : value)
  write('bench.json', `${JSON.stringify(everything, plain)}\n`)
  write('bench.md', reportOf(findings, about))
  for (const [file, plot] of findings.plots) write(`${file}.svg`, svgOf(plot))
}
