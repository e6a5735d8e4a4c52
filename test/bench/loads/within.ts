import type { Bench } from '../bench.ts'
import { atMost, type Figure } from '../figures.ts'
import { addLateness, ONE_BY_ONE } from '../lateness.ts'
import { bootTime, makingTime, nextMinute } from '../stage.ts'
import { quantile } from '../statistics.ts'
import { prepareSpread, type SpreadResult, watchSpread } from './spread.ts'
import { WRITES_PER_RUN } from './watched.ts'

/** Tasks that come due evenly within a minute, or within several, as `jitterSeconds` spreads them: how late each is. */
export async function within({ stage, scale, calibration, findings }: Bench): Promise<void> {
  const { c } = calibration
  const homes = await stage.homes('within', scale.homes)
  let there = 0
  for (const { count, seconds } of scale.within) {
    there += count
    const what = `${count} tasks due within ${seconds} s`
    const slot = nextMinute(makingTime(count, c) + bootTime(there))
    const load = await prepareSpread(stage, homes, `within-${count}-${seconds}`, { slot, count, seconds })
    const rota = await stage.rota()
    try {
      const result = await Promise.race([watchSpread(stage, load, rota), rota.died])
      const share = (count * WRITES_PER_RUN) / seconds / c
      findings.figures.push(...figuresOf(what, result, share))
      addLateness(findings, ONE_BY_ONE, what, result.lateness)
      findings.raw.set(what, result)
    } finally {
      await rota.stop()
    }
  }
}

/** @param asked how much of what the API server can write they ask for */
function figuresOf(what: string, { lateness, cpuPerRun }: SpreadResult, asked: number): readonly Figure[] {
  const late = (share: number, limit: number): Figure => ({
    what: `lateness of ${what}, p${share * 100}`,
    unit: 'ms',
    values: [quantile(lateness, share)],
    note: `they ask for ${Math.round(asked * 100)} % of C`,
    // Where they ask for more than there is, the last ones are late by the rest.
    ...(asked < 1 ? { target: `≤ ${limit} ms`, reaches: atMost(limit) } : { target: '' }),
  })
  return [
    late(0.5, 5),
    late(0.99, 25),
    { what: `CPU of Rota for a run of ${what}`, target: '', unit: 'ms', values: [cpuPerRun] },
  ]
}
