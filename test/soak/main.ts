// Whether Rota stays as large as it is: the bundle under load for MINUTES, on a real control plane whose connections break and
// whose API server is killed now and then. Prints how memory, descriptors, handles and lag went; exit status 1: something grows.

import { randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { styleText } from 'node:util'
import { interruption } from '../../src/interruption.ts'
import { findControlPlane } from '../cluster/binaries.ts'
import { startCluster } from '../cluster/cluster.ts'
import { installCrds } from '../cluster/crds.ts'
import { freePorts } from '../cluster/ports.ts'
import { startOperator } from '../demo/operator.ts'
import { aligned } from '../demo/table.ts'
import { apiOf } from '../harness/api.ts'
import { startProxy } from '../harness/proxy.ts'
import { connectCollector } from './heap.ts'
import { startLoad } from './load.ts'
import { findingsOf, type Sample, seriesIn, tableOf } from './measures.ts'

const SAMPLED = 5_000
/** So many samples count as one: neighbours resemble each other. */
const BLOCK = 6
const RESET = 20_000
const KILLED = 240_000
const AWAY = 3_000
const LOG_FILE = '.cache/soak/rota.log'

const minutes = Number(process.env['MINUTES'] ?? 10)
const seed = Number(process.env['SEED'] ?? randomInt(2 ** 31))
if (!(minutes > 0)) throw new Error(`MINUTES=${process.env['MINUTES']} must be a number of minutes`)
console.log(`${minutes} minutes under load, by seed ${seed} (SEED=${seed}); the log is ${LOG_FILE}`)

const over = AbortSignal.any([interruption(['SIGINT', 'SIGTERM']), AbortSignal.timeout(minutes * 60_000)])
const cluster = await startCluster({ source: await findControlPlane({ env: { ...process.env, TEST_KUBECONFIG: '' } }) })
try {
  process.exitCode = await soak()
} finally {
  await cluster.stop()
}

async function soak(): Promise<number> {
  await installCrds(cluster)
  const api = await apiOf(cluster)
  const proxy = await startProxy(cluster)
  const [inspector = 0] = await freePorts(1)
  /** Mistakes of Rota's own; that the API server is away, or that a run fails, it says without a stack. */
  const mistakes: string[] = []
  const operator = await startOperator(
    proxy.kubeconfig,
    line => void (/\b(Type|Reference|Range|Syntax)Error\b|unhandled/i.test(line) && mistakes.push(line)),
    { logFile: LOG_FILE, nodeFlags: [`--inspect=127.0.0.1:${inspector}`] },
  )
  const collector = await connectCollector(inspector)
  const load = await startLoad(cluster, api, seed)
  const samples: Sample[] = []
  const begun = performance.now()
  const look = async (): Promise<ReadonlyMap<string, number>> => {
    await collector.collect()
    const values = seriesIn(await (await fetch(`${operator.url}/metrics`)).text())
    samples.push({ at: (performance.now() - begun) / 1000, values })
    return values
  }
  const every = async (milliseconds: number, work: () => unknown) => {
    while (await sleep(milliseconds, true, { signal: over }).catch(() => false)) await work()
  }
  let restarts = 0
  const working = [
    every(SAMPLED, look),
    every(RESET, () => {
      proxy.reset()
      // What has passed it is of no interest here, and would fill our own memory.
      proxy.seen.length = 0
    }),
    every(KILLED, async () => {
      await cluster.apiServer.kill()
      await sleep(AWAY)
      await cluster.apiServer.start()
      restarts++
    }),
    every(60_000, () => console.log(progress(samples))),
  ]
  try {
    await Promise.race([Promise.all(working), operator.died])
    await load.stop()
    return verdict(samples, restarts, load.complaints, mistakes)
  } finally {
    collector.close()
    await load.stop()
    await operator.stop()
    await proxy.close()
  }
}

function progress(samples: readonly Sample[]): string {
  const { at = 0, values } = samples.at(-1) ?? {}
  const [heap, resident, runs] = [
    'nodejs_heap_size_used_bytes',
    'process_resident_memory_bytes',
    'rota_runs_total',
  ].map(name => values?.get(name) ?? 0) as [number, number, number]
  const mib = (bytes: number) => (bytes / 2 ** 20).toFixed(1)
  return `${(at / 60).toFixed(0).padStart(4)} min  heap ${mib(heap)} MiB  resident ${mib(resident)} MiB  ${runs} runs`
}

function verdict(
  samples: readonly Sample[],
  restarts: number,
  complaints: ReadonlyMap<string, number>,
  mistakes: readonly string[],
): number {
  const findings = findingsOf(samples, BLOCK)
  const { at = 0, values } = samples.at(-1) ?? {}
  const count = (name: string) => values?.get(name) ?? 0
  console.log(`
${count('rota_runs_total')} runs in ${(at / 60).toFixed(1)} minutes (${Math.round((count('rota_runs_total') * 60) / at)} a minute), \
${count('rest_client_requests_total')} requests, ${count('rota_watch_restarts_total')} broken watches, ${restarts} API servers killed
`)
  for (const line of aligned(tableOf(findings)))
    console.log(line.replace(/(grows|unknown)$/, word => styleText('red', word)))
  for (const [what, times] of complaints) console.log(`the load: ${times} times ${what}`)
  for (const line of mistakes) console.log(styleText('red', line))
  return findings.some(({ verdict }) => verdict !== 'flat') || mistakes.length > 0 ? 1 : 0
}
