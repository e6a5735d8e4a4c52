import type { PeerBench } from '../bench.ts'
import { atLeast } from '../figures.ts'
import { AT_ONCE, addLateness, lateBy } from '../lateness.ts'
import { writesOn } from '../log.ts'
import { eachOf, IN_FLIGHT, minuteOf, nextMinute, type Stage, sleepUntil, startStage } from '../stage.ts'
import { quantile } from '../statistics.ts'

/** How the controller is started: as it comes, and as one starts it who has many CronJobs. */
const FLAGS = {
  default: ['--kube-api-qps=20', '--kube-api-burst=30', '--concurrent-cron-job-syncs=5'],
  tuned: ['--kube-api-qps=5000', '--kube-api-burst=10000', '--concurrent-cron-job-syncs=64'],
} as const

/** What is aimed at: how many times earlier Rota's last task is claimed than the CronJobs' last Job is made. */
const TARGETS = { default: 20, tuned: 1.5 } as const

/** CronJobs that are all due at the same instant, on a control plane of their own, beside Rota's tasks of the same number. */
export async function cronJobs({ scale, findings }: PeerBench): Promise<void> {
  const count = scale.cronJobs
  for (const name of ['default', 'tuned'] as const) {
    const stage = await startStage(FLAGS[name])
    try {
      const { lateness, writes } = await watchCronJobs(stage, count)
      addLateness(findings, AT_ONCE, `${count} CronJobs, ${name}`, lateness)
      const rota = findings.atOnce.find(({ length }) => length >= count)
      findings.raw.set(`CronJobs ${name}`, { count, lateness, writes })
      findings.figures.push(
        {
          what: `last of ${count} CronJobs due at once, ${name} flags: lateness`,
          target: '',
          unit: 's',
          values: [quantile(lateness, 1) / 1000],
          note: `${(writes / count).toFixed(1)} writes a Job`,
        },
        ...(rota
          ? [
              {
                what: `the same, by that of the ${count}-th of Rota's ${rota.length}`,
                target: `≥ ${TARGETS[name]} ×`,
                unit: '×',
                values: [quantile(lateness, 1) / (rota[count - 1] ?? Number.NaN)],
                reaches: atLeast(TARGETS[name]),
              },
            ]
          : []),
      )
    } finally {
      await stage.stop()
    }
  }
}

/** What is in the log where a Job is made. */
const CREATED = '/jobs","verb":"create"'

interface Result {
  /** Milliseconds from the slot until the Job was made, the first one first. */
  readonly lateness: readonly number[]
  /** Of the two controllers that make of a CronJob a Job that has its pods. */
  readonly writes: number
}

async function watchCronJobs(stage: Stage, count: number): Promise<Result> {
  const [home = ''] = await stage.homes('cron-jobs', 1)
  const slot = nextMinute(count * 10 + 5_000)
  const path = `/apis/batch/v1/namespaces/${home}/cronjobs`
  const names = Array.from({ length: count }, (_, n) => `cron-${n}`)
  await eachOf(names, IN_FLIGHT, name =>
    stage.client.text({ method: 'POST', verb: 'create', resource: 'cronjobs.batch', path, body: cronJob(name, slot) }),
  )
  await sleepUntil(slot - 1_000)
  const mark = stage.mark()
  // By default it makes four a second.
  const log = await stage.untilLogged(mark, CREATED, count, 60_000 + count * 300)
  const made = writesOn(log, 'jobs', 'create').map(({ answered }) => answered)
  const writes = log.filter(({ user }) => /:(cronjob|job)-controller$/.test(user.username)).length
  return { lateness: lateBy(slot, made), writes }
}

/** A Job of no pods: what they would cost is no matter of who starts it. */
function cronJob(name: string, slot: number): object {
  const containers = [{ name: 'main', image: 'example.invalid/app:1' }]
  const spec = { suspend: true, template: { spec: { restartPolicy: 'Never', containers } } }
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name },
    spec: { schedule: minuteOf(slot), timeZone: 'Etc/UTC', jobTemplate: { spec } },
  }
}
