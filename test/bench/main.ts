// How close Rota comes to what this API server can write, and how far ahead of the alternatives it is: all in one run, on one
// machine. `npm run bench`, or `npm run bench -- --scale quick --only same-second`. Nothing here fails for being slow.

import { cpus, totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import type { Bench } from './bench.ts'
import { calibrate, distrust } from './calibration.ts'
import { noFindings, reportOf, writeFindings } from './findings.ts'
import { canary } from './loads/canary.ts'
import { crowd } from './loads/crowd.ts'
import { deployments } from './loads/deployments.ts'
import { sameSecond } from './loads/due.ts'
import { saturation } from './loads/saturation.ts'
import { SCALES, type Scale } from './scale.ts'
import { startStage } from './stage.ts'
import { restarting } from './typical.ts'

const LOADS: Readonly<Record<string, (bench: Bench) => Promise<void>>> = {
  deployments,
  'same-second': sameSecond,
  canary,
  crowd,
  saturation,
}

const FOLDER = '.cache/bench'

const { values } = parseArgs({
  options: { scale: { type: 'string', default: 'full' }, only: { type: 'string', multiple: true } },
})
const scale: Scale | undefined = SCALES[values.scale as keyof typeof SCALES]
if (!scale) throw new Error(`--scale=${values.scale}: must be one of ${Object.keys(SCALES).join(', ')}`)
const wanted = values.only ?? scale.loads
for (const name of wanted) {
  if (!LOADS[name]) throw new Error(`--only=${name}: must be one of ${Object.keys(LOADS).join(', ')}`)
}

const begun = performance.now()
const say = (line: string) => console.log(`${((performance.now() - begun) / 1000).toFixed(0).padStart(5)} s  ${line}`)
const findings = noFindings()
const stage = await startStage()
try {
  const [home = ''] = await stage.homes('calibration', 1)
  const objects = await stage.tasks([home], 'task', scale.calibration.objects, restarting('0 3 * * *'))
  const calibration = await calibrate(stage, objects, scale.calibration)
  say(`C is ${Math.round(calibration.c)} status writes a second`)
  for (const name of wanted) {
    await LOADS[name]?.({ stage, scale, calibration, findings })
    say(name)
  }
  const fresh = await stage.tasks([home], 'last', scale.calibration.objects, restarting('0 3 * * *'))
  const last = await calibrate(stage, fresh, scale.calibration)
  say(`C is ${Math.round(last.c)} status writes a second`)
  const reason = distrust(calibration, last)
  if (reason) findings.distrusted.push(reason)
  findings.raw.set('calibration', { first: calibration, last })
} finally {
  await stage.stop()
}

const machine = `${cpus().length} × ${cpus()[0]?.model}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, Node ${process.version}`
const about = `${new Date().toISOString()}, scale ${values.scale}, ${machine}.`
writeFindings(FOLDER, findings, about)
console.log(`\n${reportOf(findings, about)}\nAll of it is in ${FOLDER}.`)
