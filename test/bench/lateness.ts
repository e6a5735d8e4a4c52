import { addSeries, type Findings } from './findings.ts'
import { distribution } from './statistics.ts'

/** Plots of how late something was. */
export const AT_ONCE = { file: 'lateness', title: 'Due → claim committed' }
export const ONE_BY_ONE = { file: 'alone', title: 'Due one by one → claim committed' }

/** How long after the slot, in milliseconds, the first one first. */
export function lateBy(slot: number, instants: readonly number[]): readonly number[] {
  return instants.map(instant => instant - slot).sort((a, b) => a - b)
}

/** One more line in such a plot: a load, or a peer. @param lateness milliseconds */
export function addLateness(
  findings: Findings,
  { file, title }: typeof AT_ONCE,
  name: string,
  lateness: readonly number[],
): void {
  const points = distribution(lateness.map(milliseconds => milliseconds / 1000))
  addSeries(findings, file, { title, x: 'late by (s)', y: 'share of tasks', logarithmic: true }, { name, points })
}
