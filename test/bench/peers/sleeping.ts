import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { createProcess, type ProcessControl } from '../../cluster/processes.ts'
import { startReaper } from '../../cluster/reaper-client.ts'
import { until } from '../../cluster/until.ts'
import { apply } from '../../harness/cluster.ts'
import type { PeerBench } from '../bench.ts'
import { SETTLED, usageOf } from '../process-usage.ts'
import type { Scale } from '../scale.ts'
import { type Change, changeIn, changesBy, furnish, type Night, type Nights, settled } from '../sleepers.ts'
import { type Stage, startStage } from '../stage.ts'
import { nightFigures } from './night-figures.ts'

/** Another controller that puts namespaces to sleep: a program that is not ours to ship, but may be given. */
export interface Peer {
  readonly name: string
  /** What environment variables have to name; the first one its binary. */
  readonly needs: Readonly<Record<string, string>>
  /** What one has to know of its waiting before it begins. */
  readonly waiting?: string
  /** How it changes a Deployment. */
  readonly verb: 'patch' | 'update'
  /** Installs what it looks for; how it is started then, and where it says that it is ready. */
  prepare(
    stage: Stage,
    kubeconfig: string,
    given: readonly string[],
  ): Promise<{ readonly flags: readonly string[]; readonly probe: string }>
  /** What a person does so that the namespace is put to sleep, or woken, now. */
  ask(stage: Stage, home: string, what: keyof Night): Promise<void>
}

/** A namespace put to sleep and woken by the peer, on a control plane of its own, beside what Rota has done in this run. */
export async function playPeer(peer: Peer, { scale, findings }: PeerBench): Promise<void> {
  const { name, needs, waiting } = peer
  const given = Object.keys(needs).map(variable => process.env[variable] ?? '')
  if (given.includes('')) {
    findings.skipped.push(notGiven(peer))
    return
  }
  const { deployments } = scale.peers
  try {
    const nights = await nightsOf(peer, given, scale.peers)
    findings.raw.set(name, nights)
    const rota = findings.nights.get(deployments)
    findings.figures.push(...nightFigures(`${name}, ${deployments} Deployments`, nights, rota, waiting))
  } catch (error) {
    // What was measured before is not lost because of somebody else's program.
    findings.skipped.push(`${name}, which failed: ${(error as Error).message}`)
  }
}

export function notGiven({ name, needs }: Pick<Peer, 'name' | 'needs'>): string {
  const wanted = Object.entries(needs).map(([variable, what]) => `${variable}=${what}`)
  return `${name}, which is not given: ${wanted.join(' ')}`
}

async function nightsOf(
  peer: Peer,
  given: readonly string[],
  { deployments, rounds }: Scale['peers'],
): Promise<Nights> {
  const stage = await startStage()
  try {
    const [home = ''] = await stage.homes('sleepers', 1)
    await furnish(stage, home, deployments)
    return await asItRuns(stage, peer, given, async ({ pid = 0 }) => {
      await pause(SETTLED)
      const rest = usageOf(pid).resident
      const nights: Night[] = []
      for (let round = 0; round < rounds; round++) {
        const sleep = await asked(stage, peer, home, deployments, 'sleep')
        const wake = await asked(stage, peer, home, deployments, 'wake')
        nights.push({ sleep, wake })
      }
      return { nights, rest, most: usageOf(pid).peak }
    })
  } finally {
    await stage.stop()
  }
}

/** Does the work while the peer runs. */
async function asItRuns<T>(
  stage: Stage,
  peer: Peer,
  given: readonly string[],
  work: (running: ProcessControl) => Promise<T>,
): Promise<T> {
  const { cluster } = stage
  const { name } = peer
  await apply(cluster, ACCOUNT)
  const kubeconfig = await cluster.kubeconfigForServiceAccount(PEER, PEER)
  const { flags, probe } = await peer.prepare(stage, kubeconfig, given)
  const reaper = startReaper(mkdtempSync(join(tmpdir(), 'rota-bench-')))
  const isReady = async () => (await fetch(probe, { signal: AbortSignal.timeout(2_000) })).ok
  const running = createProcess({
    name,
    command: given[0] ?? '',
    args: flags,
    logFile: join(cluster.directory, 'logs', `${name}.log`),
    reaper,
    ready: died => until(`${name} is ready`, isReady, Boolean, { signal: died }),
  })
  try {
    await running.start()
    return await work(running)
  } finally {
    await running.kill()
    await reaper.reap()
  }
}

/** Milliseconds that it may take for one Deployment, and besides. */
const PATIENCE = { each: 500, besides: 90_000 }

async function asked(stage: Stage, peer: Peer, home: string, count: number, what: keyof Night): Promise<Change> {
  const { verb } = peer
  await settled(stage, home)
  const mark = stage.mark()
  await peer.ask(stage, home, what)
  const timeout = PATIENCE.besides + count * PATIENCE.each
  await stage.untilLogged(mark, `"verb":"${verb}","user":{"username":"${USER}"`, count, timeout)
  // Some of these may have been refused, and are then tried once more.
  const changes = () => changesBy(stage.log(mark), USER, verb)
  await until(`${peer.name}: ${what}`, changes, ({ length }) => length >= count, { timeout, interval: 1_000 })
  // What it writes down of it afterwards belongs to it.
  await settled(stage, home)
  return changeIn(stage.log(mark), USER, verb)
}

const PEER = 'peer'
const USER = `system:serviceaccount:${PEER}:${PEER}`
const RBAC = 'rbac.authorization.k8s.io'

/** Whatever it wants to do, it may. */
const ACCOUNT = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: PEER } },
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: PEER, namespace: PEER } },
  {
    apiVersion: `${RBAC}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name: PEER },
    roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ kind: 'ServiceAccount', name: PEER, namespace: PEER }],
  },
]
