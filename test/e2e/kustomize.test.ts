import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Cluster } from '../cluster/cluster.ts'
import { until } from '../cluster/until.ts'
import { type Api, apiOf } from '../harness/api.ts'
import { startOwnCluster, usesExistingCluster } from '../harness/cluster.ts'
import { type Kubelet, operatorsReady, startKubelet } from '../harness/kubelet.ts'
import { ASLEEP, AWAKE, type Team, teamIn } from '../harness/team.ts'

const HOME = 'rota-system'
/** What the README tells people to type; what a Job says is not to be had from a node that is none. */
const COMMANDS = readFileSync('deploy/kustomize/README.md', 'utf8')
  .split('\n')
  .filter(line => /^kubectl (?!logs)/.test(line))
const typed = (pattern: RegExp) => COMMANDS.filter(line => pattern.test(line)).map(line => line.split(' ').slice(1))

// On a cluster of its own: it is installed for all namespaces. The pods' programs are run by harness/kubelet.ts.
describe.skipIf(usesExistingCluster)('Rota by kustomize, as its README says', () => {
  let cluster: Cluster
  let api: Api
  let kubelet: Kubelet
  let team: Team

  beforeAll(async () => {
    cluster = await startOwnCluster()
    api = await apiOf(cluster)
    kubelet = startKubelet(cluster, HOME)
  })
  afterAll(async () => {
    await kubelet?.stop()
    await cluster?.stop()
  })
  const type = async (pattern: RegExp) => {
    const lines = typed(pattern)
    expect(lines.length).toBeGreaterThan(0)
    for (const words of lines) await cluster.kubectl(words)
  }

  test('is installed, of an older version, and puts a namespace to sleep', async () => {
    await cluster.kubectl(['apply', '--server-side', '-k', olderVersion(cluster.directory)])
    await operatorsReady(kubelet, 2)
    await cluster.kubectl(['create', 'namespace', 'team-a'])
    team = await teamIn(cluster, api, 'team-a')
    expect((await team.sleep('1')).status).toMatchObject({ lastResult: 'Succeeded' })
    expect(await team.state()).toEqual(ASLEEP)
  })

  test('is upgraded, CRD and all, and nothing wakes of that', async () => {
    await type(/^kubectl (apply|rollout)/)
    await operatorsReady(kubelet, 2)
    expect((await cluster.kubectl(['get', 'crd', 'scheduledtasks.rota.dev', '-o', 'yaml'])).stdout).toContain(
      'name: Message',
    )
    expect(await team.state()).toEqual(ASLEEP)
    expect((await api.task('team-a', 'nights-off')).status).toMatchObject({ runCount: 1, sleeping: { workloads: 1 } })
  })

  test('is uninstalled: what sleeps is woken first, and only the tasks are left', async () => {
    await type(/^kubectl (create|wait)/)
    expect(kubelet.logs('rota-uninstall')).toContain('1 task let go: Rota can be uninstalled')
    expect(await team.state()).toEqual(AWAKE)
    await type(/^kubectl delete -k/)
    const kinds =
      'namespaces,clusterroles,clusterrolebindings,validatingadmissionpolicies,validatingadmissionpolicybindings'
    const left = async () =>
      (await cluster.kubectl(['get', kinds, '-o', 'name', '-l', 'app.kubernetes.io/part-of=rota'])).stdout
    await until('nothing is left', left, names => names === '')
    expect(await team.state()).toEqual(AWAKE)
    await type(/^kubectl delete -f/)
    expect((await cluster.kubectl(['get', 'crds', '-o', 'name'])).stdout).toBe('')
  })
})

/** As of a version before, whose CRD had no column for messages. */
function olderVersion(directory: string): string {
  const root = join(directory, 'older')
  mkdirSync(root)
  for (const folder of ['crds', 'deploy']) cpSync(folder, join(root, folder), { recursive: true })
  const crd = join(root, 'crds/rota.dev_scheduledtasks.yaml')
  writeFileSync(crd, readFileSync(crd, 'utf8').replace(/^.*\{name: Message, .*\n/m, ''))
  return join(root, 'deploy/kustomize/overlays/cluster')
}
