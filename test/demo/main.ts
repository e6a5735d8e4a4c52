// Rota at work, to be watched: a real control plane, two teams' namespaces, the operator and tasks with short schedules.
// Ends at Ctrl-C; with DEMO_SECONDS after that time, and then its exit status says whether every task has succeeded.

import { spawnSync } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { interruption } from '../../src/interruption.ts'
import { findControlPlane } from '../cluster/binaries.ts'
import { type Cluster, startCluster } from '../cluster/cluster.ts'
import { minutes } from '../cluster/progress.ts'
import { styled } from './frame.ts'
import { type Happening, happeningsSince } from './happenings.ts'
import { type Look, look } from './look.ts'
import { LOG_FILE, type RunningOperator, startOperator } from './operator.ts'
import { openScreen } from './screen.ts'
import { setTheStage, startTheTasks } from './stage.ts'
import { shortfalls } from './verdict.ts'

/** Milliseconds between two looks. */
const FRAME = process.stdout.isTTY ? 1000 : 2000

process.chdir(fileURLToPath(new URL('../../', import.meta.url)))
// Whoever reads has gone, as with `| head`.
process.stdout.on('error', () => process.exit(0))

try {
  process.exitCode = await demo(secondsFrom(process.env['DEMO_SECONDS']))
} catch (error) {
  console.error(styled('red', error instanceof Error ? error.message : String(error)))
  process.exitCode = 1
}

async function demo(seconds: number | undefined): Promise<number> {
  // Always a cluster of its own: it would leave too much behind in somebody else's.
  const source = await findControlPlane({ env: { ...process.env, TEST_KUBECONFIG: '' } })
  if (source.kind === 'Unavailable') {
    const help = 'Install Go 1.26 or newer and run this again: it builds a control plane, once.'
    throw new Error(`${source.reason}.\n${help}`)
  }
  const over = interruption(['SIGINT', 'SIGTERM', 'SIGHUP'])
  let cluster: Cluster | undefined
  let operator: RunningOperator | undefined
  const warnings: string[] = []
  let warn = (line: string): void => void warnings.push(line)
  try {
    console.log('Starting a control plane, two namespaces with workloads, and Rota …')
    cluster = await startCluster({ source })
    if (over.aborted) return 0
    await setTheStage(cluster)
    if (over.aborted) return 0
    const kubeconfig = await cluster.kubeconfigForServiceAccount('rota-system', 'rota')
    operator = await startOperator(kubeconfig, line => warn(line))
    await startTheTasks(cluster)
    const begun = performance.now()
    const title = (): string => {
      const limit = seconds === undefined ? '' : ` of ${minutes(seconds * 1000)}`
      return `Rota demo, ${minutes(performance.now() - begun)}${limit}; times are UTC; Ctrl-C ends it`
    }
    const screen = openScreen({ hints: hintsFor(cluster, operator), title })
    warn = screen.warn
    warnings.forEach(screen.warn)
    const until = AbortSignal.any([over, ...(seconds ? [AbortSignal.timeout(seconds * 1000)] : [])])
    try {
      const { last, happened } = await Promise.race([watch(cluster, screen.show, until), operator.died])
      if (over.aborted || !last) return 0
      return verdict(last, happened)
    } finally {
      screen.end()
    }
  } catch (error) {
    // Ctrl-C reaches a kubectl under way as well.
    if (over.aborted) return 0
    throw error
  } finally {
    console.log('Ending Rota and the control plane …')
    await operator?.stop()
    await cluster?.stop()
  }
}

type Show = (look: Look, fresh: readonly Happening[]) => void

/** Shows the cluster about once a second, until told to end. */
async function watch(cluster: Cluster, show: Show, end: AbortSignal) {
  const freshIn = happeningsSince()
  const happened: Happening[] = []
  let last: Look | undefined
  while (!end.aborted) {
    const begun = performance.now()
    // Ctrl-C reaches a kubectl that is under way, too: that is no failure.
    const now = await look(cluster).catch((error: unknown) => {
      if (!end.aborted) throw error
    })
    if (end.aborted || !now) break
    last = now
    const fresh = freshIn(last.tasks)
    happened.push(...fresh)
    show(last, fresh)
    const rest = Math.max(100, FRAME - (performance.now() - begun))
    await sleep(rest, undefined, { signal: end }).catch(() => {})
  }
  return { last, happened }
}

function verdict({ tasks }: Look, happened: readonly Happening[]): number {
  const missing = shortfalls(tasks, happened)
  for (const line of missing) console.log(styled('red', line))
  const count = happened.filter(({ result }) => result === 'Succeeded').length
  if (missing.length === 0)
    console.log(styled('green', `Every task has succeeded: ${count} runs of ${tasks.length} tasks.`))
  return missing.length === 0 ? 0 : 1
}

function hintsFor(cluster: Cluster, { url }: RunningOperator): readonly string[] {
  return [
    styled('bold', 'Look around in a browser, and from another terminal:'),
    `${url}/`,
    `export KUBECONFIG=${cluster.kubeconfig}`,
    ...(hasKubectl() ? [] : [`alias kubectl=${cluster.kubectlCommand}`]),
    'kubectl get st -A',
    'kubectl describe st -n team-a nights-off',
    'kubectl annotate st -n team-b restart-api rota.dev/run=$(date +%s) --overwrite',
    `curl -s ${url}/metrics | grep ^rota_`,
    `tail -f ${LOG_FILE}`,
  ]
}

function hasKubectl(): boolean {
  return spawnSync('kubectl', ['version', '--client'], { stdio: 'ignore' }).status === 0
}

function secondsFrom(text: string | undefined): number | undefined {
  if (!text) return undefined
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new Error(`DEMO_SECONDS=${text}: must be a whole number from 1 to 999999`)
  return Number(text)
}
