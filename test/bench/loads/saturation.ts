import { setTimeout as sleep } from 'node:timers/promises'
import type { Bench } from '../bench.ts'
import { atLeast } from '../figures.ts'
import { addSeries } from '../findings.ts'
import { usageOf } from '../process-usage.ts'
import { nextMinute, sleepUntil } from '../stage.ts'
import { restarting } from '../typical.ts'
import { runsEnded, WRITES_PER_RUN } from './watched.ts'

/** Milliseconds between two looks at its memory, and at what it has done. */
const LOOKED = 10_000

/** Every minute as many tasks are due as the API server could write at the most, for some minutes. */
export async function saturation({ stage, scale, calibration, findings }: Bench): Promise<void> {
  const { c } = calibration
  const homes = await stage.homes('saturated', scale.homes)
  const most = c / WRITES_PER_RUN
  await stage.tasks(homes, 'always', Math.ceil(most * 60), restarting('* * * * *'))
  const rota = await stage.rota()
  try {
    // The first minute fills the line; only what follows is counted.
    const start = nextMinute(60_000)
    await sleepUntil(start)
    const memory: (readonly [number, number])[] = []
    const runs: (readonly [number, number])[] = []
    let [before, ended] = [Date.now(), await runsEnded(rota)]
    while (before < start + scale.saturation * 1000) {
      await Promise.race([sleep(LOOKED), rota.died])
      const [now, endedBy] = [Date.now(), await runsEnded(rota)]
      const at = (now - start) / 1000
      memory.push([at, usageOf(rota.pid).resident / 2 ** 20])
      runs.push([at, ((endedBy - ended) / (now - before)) * 1000])
      before = now
      ended = endedBy
    }
    addSeries(
      findings,
      'saturation',
      { title: 'Saturated', x: 's', y: 'runs a second' },
      { name: 'runs', points: runs },
    )
    addSeries(
      findings,
      'saturation-memory',
      { title: 'Saturated', x: 's', y: 'MiB' },
      { name: 'memory', points: memory },
    )
    findings.raw.set('saturation', { runs, memory })
    findings.figures.push(
      {
        what: `runs a second, saturated for ${scale.saturation} s, by C/w`,
        target: '≥ 0.85 ×',
        unit: '×',
        values: runs.map(([, rate]) => rate / most),
        reaches: atLeast(0.85),
        note: 'each ten seconds are a round',
      },
      {
        what: 'memory at the end, by that of the middle, saturated',
        target: 'flat',
        unit: '×',
        values: [(memory.at(-1)?.[1] ?? Number.NaN) / (memory[Math.floor(memory.length / 2)]?.[1] ?? Number.NaN)],
      },
    )
  } finally {
    await rota.stop()
  }
}
