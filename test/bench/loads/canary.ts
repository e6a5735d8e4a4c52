import type { Bench } from '../bench.ts'
import { atMost } from '../figures.ts'
import { makingTime, minuteOf, nextMinute } from '../stage.ts'
import { quantile } from '../statistics.ts'
import { restarting } from '../typical.ts'
import { prepareSpread, watchSpread } from './spread.ts'

/** A few tasks of one namespace, first alone, then while another namespace has far more due than it can do. */
export async function canary({ stage, scale, calibration, findings }: Bench): Promise<void> {
  const { noise, alone } = scale
  const [noisy = '', quiet = ''] = await stage.homes('canary', 2)
  const slot = nextMinute(makingTime(noise, calibration.c) + 15_000)
  await stage.tasks([noisy], 'noise', noise, restarting(minuteOf(slot + 60_000)))
  const before = await prepareSpread(stage, [quiet], 'before', { slot, ...alone })
  const beside = await prepareSpread(stage, [quiet], 'beside', { slot: slot + 60_000, ...alone })
  const rota = await stage.rota()
  try {
    const calm = await Promise.race([watchSpread(stage, before, rota), rota.died])
    const noised = await Promise.race([watchSpread(stage, beside, rota, noise), rota.died])
    findings.raw.set('canary', { calm, noised })
    for (const share of [0.5, 0.99]) {
      const [was, is] = [calm, noised].map(({ lateness }) => quantile(lateness, share)) as [number, number]
      findings.figures.push({
        what: `lateness of a canary beside ${noise} tasks of another namespace, by its lateness alone, p${share * 100}`,
        target: '≤ 2 ×',
        unit: '×',
        values: [is / was],
        reaches: atMost(2),
        note: `${was.toFixed(1)} ms alone, ${is.toFixed(1)} ms beside`,
      })
    }
  } finally {
    await rota.stop()
  }
}
