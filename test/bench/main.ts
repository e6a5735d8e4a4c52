// How close Rota comes to what this API server can write, and how far ahead of the alternatives it is: all in one run, on one
// machine. `npm run bench`, or `npm run bench -- --scale quick --only same-second`. With `--profile` each Rota leaves a flame
// graph, and is slower for it. Nothing here fails for being slow.

import { cpus, totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import type { Bench, PeerBench } from './bench.ts'
import { type Calibration, calibrate, distrust } from './calibration.ts'
import { noFindings, reportOf, writeFindings } from './findings.ts'
import { drawFlameGraphs } from './flame-graph-files.ts'
import { canary } from './loads/canary.ts'
import { crowd } from './loads/crowd.ts'
import { deployments } from './loads/deployments.ts'
import { sameSecond } from './loads/due.ts'
import { requests } from './loads/requests.ts'
import { saturation } from './loads/saturation.ts'
import { within } from './loads/within.ts'
import { cronJobs } from './peers/cron-jobs.ts'
import { goKubeDownscaler } from './peers/go-kube-downscaler.ts'
import { kubeGreen } from './peers/kube-green.ts'
import { SCALES, type Scale } from './scale.ts'
import { startStage } from './stage.ts'
import { restarting } from './typical.ts'

const LOADS: Readonly<Record<string, (bench: Bench) => Promise<void>>> = {
  requests,
  deployments,
  crowd,
  'same-second': sameSecond,
  within,
  canary,
  saturation,
}

/** Others than Rota, after it. */
const PEERS: Readonly<Record<string, (bench: PeerBench) => Promise<void>>> = {
  'cron-jobs': cronJobs,
  'kube-green': kubeGreen,
  'go-kube-downscaler': goKubeDownscaler,
}

const FOLDER = '.cache/bench'
const PROFILES = `${FOLDER}/profiles`

const { values } = parseArgs({
  options: {
    scale: { type: 'string', default: 'full' },
    only: { type: 'string', multiple: true },
    profile: { type: 'boolean', default: false },
  },
})
if (!Object.hasOwn(SCALES, values.scale))
  throw new Error(`--scale=${values.scale}: must be one of ${Object.keys(SCALES).join(', ')}`)
const scale: Scale = SCALES[values.scale as keyof typeof SCALES]
const asked = values.only ?? scale.loads
const known = [...Object.keys(LOADS), ...Object.keys(PEERS)]
/** In the order in which they are played. */
const wanted = known.filter(name => asked.includes(name))
for (const name of asked) {
  if (!known.includes(name)) throw new Error(`--only=${name}: must be one of ${known.join(', ')}`)
}

const [onlyDue, ...more] = scale.due
const isOneCrowd = more.length === 0 && onlyDue === scale.crowds.at(-1)
const crowdIsDue = !scale.apart && isOneCrowd && wanted.includes('crowd') && wanted.includes('same-second')
/** What is played between two calibrations: loads on the control plane on which C has been measured, then peers. */
const turns = scale.apart ? wanted.map(name => [name]) : [wanted]

const begun = performance.now()
const say = (line: string) => console.log(`${((performance.now() - begun) / 1000).toFixed(0).padStart(5)} s  ${line}`)
const findings = noFindings()
findings.skipped.push(...known.filter(name => !wanted.includes(name)))

/** On a new control plane, each time: so that the first and the last time differ in nothing but the machine. */
async function calibrated(then: (bench: Bench) => Promise<void>): Promise<Calibration> {
  const stage = await startStage([], values.profile ? PROFILES : undefined)
  try {
    const homes = await stage.homes('calibration', 1)
    const objects = await stage.tasks(homes, 'task', scale.calibration.objects, restarting('0 3 * * *'))
    const calibration = await calibrate(stage, objects, scale.calibration)
    say(`C is ${Math.round(calibration.c)} status writes a second`)
    await then({ stage, scale, calibration, findings, crowdIsDue })
    return calibration
  } finally {
    await stage.stop()
  }
}

/** Those of them that are named, one after the other. */
async function play<B>(
  names: readonly string[],
  all: Readonly<Record<string, (bench: B) => Promise<void>>>,
  bench: B,
): Promise<void> {
  for (const name of names) {
    const one = all[name]
    if (!one) continue
    const before = findings.skipped.length
    await one(bench)
    say(findings.skipped.length > before ? `left out: ${findings.skipped.at(-1)}` : name)
  }
}

const calibrations: Calibration[] = []
for (const names of turns) {
  calibrations.push(await calibrated(bench => play(names, LOADS, bench)))
  await play(names, PEERS, { scale, findings })
}
calibrations.push(await calibrated(async () => undefined))
findings.distrusted.push(...distrust(calibrations, turns))
if (values.profile) findings.distrusted.push('Slowed down by profiling')
findings.raw.set('calibration', calibrations)

const machine = `${cpus().length} × ${cpus()[0]?.model}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, Node ${process.version}`
const about = `${new Date().toISOString()}, scale ${values.scale}, ${machine}.`
writeFindings(FOLDER, findings, about)
if (values.profile) for (const file of drawFlameGraphs(PROFILES)) console.log(file)
console.log(`\n${reportOf(findings, about)}\nAll of it is in ${FOLDER}.`)
