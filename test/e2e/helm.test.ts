import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Cluster } from '../cluster/cluster.ts'
import { until } from '../cluster/until.ts'
import { type } from '../harness/accounts.ts'
import { type Api, apiOf } from '../harness/api.ts'
import { apply, get, startOwnCluster, usesExistingCluster } from '../harness/cluster.ts'
import { type Kubelet, operatorsReady, startKubelet } from '../harness/kubelet.ts'
import { ASLEEP, AWAKE, type Team, teamIn } from '../harness/team.ts'
import { accountWith } from '../harness/token.ts'
import { CHART, type Helm, helmOrSkip, helmWith, mustHelm } from '../helm/helm.ts'

const HOME = 'rota-system'
const IMAGE = 'image.repository=registry.invalid/rota'
/** Of the log that kwok serves for a pod, whatever its program prints: that it is shown is what is seen. */
const LAST_LINE = 'line 300 of 300'
const program = await helmOrSkip()

interface Crd {
  readonly metadata: { readonly name: string }
  readonly spec: { readonly versions: readonly { readonly additionalPrinterColumns: readonly { name: string }[] }[] }
}

// On a cluster of its own: the release has cluster-wide objects. The pods' programs are run by harness/kubelet.ts.
describe.skipIf(program === '' || usesExistingCluster)('a release of the Helm chart', () => {
  let cluster: Cluster
  let api: Api
  let kubelet: Kubelet
  let helm: Helm
  let must: ReturnType<typeof mustHelm>
  let older: string
  let teams: readonly Team[]
  /** What the last install has printed. */
  let notes: string

  beforeAll(async () => {
    cluster = await startOwnCluster()
    api = await apiOf(cluster)
    kubelet = startKubelet(cluster, HOME)
    helm = helmWith(program, cluster.kubeconfig, join(cluster.directory, 'helm'))
    must = mustHelm(helm)
    older = olderChart(cluster.directory)
    const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' }
    await apply(cluster, [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: HOME, labels } }])
  })
  afterAll(async () => {
    await kubelet?.stop()
    await cluster?.stop()
  })

  const columns = async () => {
    const crd = await get<Crd>(cluster, 'crd scheduledtasks.rota.dev')
    return crd.spec.versions[0]?.additionalPrinterColumns.map(({ name }) => name)
  }
  const install = (...words: readonly string[]) =>
    must('install', 'rota', ...words, '-n', HOME, '--set', IMAGE, '--wait')

  test('is installed, by an older chart, and has two replicas that are ready', async () => {
    expect(await install(older)).toContain('kubectl create rolebinding rota-sleep -n TEAM --clusterrole=rota:sleep')
    await operatorsReady(kubelet, 2)
    expect(await columns()).not.toContain('Message')
  })

  test('puts namespaces to sleep, in the name of their accounts', async () => {
    teams = await Promise.all(
      ['team-a', 'team-b'].map(async name => {
        await cluster.kubectl(['create', 'namespace', name])
        return teamIn(cluster, api, name)
      }),
    )
    for (const team of teams) {
      expect((await team.sleep('1')).status).toMatchObject({ lastResult: 'Succeeded' })
      expect(await team.state()).toEqual(ASLEEP)
    }
  })

  test('is upgraded, CRD and all, and nothing wakes of that', async () => {
    await must('upgrade', 'rota', CHART, '-n', HOME, '--set', IMAGE, '--set', 'taskMetrics=true', '--wait')
    await operatorsReady(kubelet, 2)
    expect(await columns()).toContain('Message')
    for (const team of teams) expect(await team.state()).toEqual(ASLEEP)
    const { status } = await api.task('team-a', 'nights-off')
    expect(status).toMatchObject({ runCount: 1, sleeping: { workloads: 1 } })
  })

  test('is rolled back, and goes on', async () => {
    await must('rollback', 'rota', '1', '-n', HOME, '--wait')
    await operatorsReady(kubelet, 2)
    expect(await columns()).not.toContain('Message')
    const [team] = teams
    expect((await team?.sleep('2'))?.status).toMatchObject({ lastResult: 'Succeeded', runCount: 2 })
    await must('upgrade', 'rota', CHART, '-n', HOME, '--set', IMAGE, '--wait')
    await operatorsReady(kubelet, 2)
  })

  test('passes helm test', async () => {
    expect(await must('test', 'rota', '-n', HOME)).toContain('Phase:          Succeeded')
    expect(kubelet.logs('rota-test')).toMatch(/^http.*: ok\n$/)
  })

  test('is not uninstalled while something cannot be woken: it goes on', async () => {
    await cluster.kubectl(['delete', 'rolebinding', 'rota-sleep', '-n', 'team-b'])
    const { code, err } = await helm('uninstall', 'rota', '-n', HOME)
    expect(code).toBe(1)
    expect(err).toMatch(/rota-uninstall/)
    expect(err).toContain(LAST_LINE)
    expect(kubelet.logs('rota-uninstall')).toContain(
      'team-b/nights-off: team-b STAYS ASLEEP: ServiceAccount team-b/rota may not',
    )
    await until('the Deployment is whole', async () => (await api.get('deployments', HOME, 'rota')).spec.replicas === 2)
    await operatorsReady(kubelet, 2)
    const [a, b] = await Promise.all(teams.map(team => team.state()))
    expect([a, b]).toEqual([AWAKE, ASLEEP])
    expect((await teams[0]?.sleep('3'))?.status).toMatchObject({ lastResult: 'Succeeded' })
  })

  test('is uninstalled: nothing is asleep, and nothing is left but the tasks', async () => {
    const subject = ['--clusterrole=rota:sleep', '--serviceaccount=team-b:rota', '-n', 'team-b']
    await cluster.kubectl(['create', 'rolebinding', 'rota-sleep', ...subject])
    const { code, out, err } = await helm('uninstall', 'rota', '-n', HOME)
    expect([code, err]).toEqual([0, expect.stringContaining(LAST_LINE)])
    expect(out).toContain('[CustomResourceDefinition] scheduledtasks.rota.dev')
    expect(kubelet.logs('rota-uninstall')).toContain('2 tasks let go: Rota can be uninstalled')
    for (const team of teams) expect(await team.state()).toEqual(AWAKE)
    await nothingIsLeft()
    // Without finalizers and operator they go at once.
    await cluster.kubectl(['delete', 'crd', 'scheduledtasks.rota.dev', '--timeout=30s'])
  })

  test('is installed for some namespaces: with no rights of the cluster, and none elsewhere', async () => {
    notes = await install(CHART, '--set', 'namespaces={team-a,team-b}', '--set', 'policies=false')
    await operatorsReady(kubelet, 2)
    const whole = ['get', 'clusterroles,clusterrolebindings', '-o', 'name', '-l', PART_OF_RELEASE]
    expect((await cluster.kubectl(whole)).stdout).toBe('')
    const anew = teams.map(async ({ namespace }) => {
      await cluster.kubectl(['delete', 'rolebinding/rota-sleep', 'sa/rota', 'deployment/web', '-n', namespace])
      return teamIn(cluster, api, namespace, 'role')
    })
    teams = await Promise.all(anew)
    for (const team of teams) expect((await team.sleep('1')).status).toMatchObject({ lastResult: 'Succeeded' })
    const canI = ['auth', 'can-i', 'list', 'scheduledtasks.rota.dev', `--as=system:serviceaccount:${HOME}:rota`]
    expect((await cluster.tryKubectl([...canI, '-n', 'team-a'])).stdout.trim()).toBe('yes')
    expect((await cluster.tryKubectl([...canI, '-n', 'default'])).stdout.trim()).toBe('no')
  })

  test('lets callers of the REST API in there when the line in its notes was typed', async () => {
    const token = await accountWith(cluster, 'team-a', 'reader', ['get', 'list'])
    const statuses = () =>
      Promise.all(
        kubelet.urls().map(async url => {
          const headers = { authorization: `Bearer ${token}` }
          return (await fetch(`${url}/api/tasks?namespace=team-a`, { headers })).status
        }),
      )
    expect(await statuses()).toEqual([503, 503])
    await type(cluster, /kubectl create clusterrolebinding .*/.exec(notes)?.[0] ?? '')
    await until('both replicas answer', statuses, seen => seen.every(status => status === 200))
    await cluster.kubectl(['delete', 'clusterrolebinding', 'rota-reviews'])
  })

  test('is uninstalled although something cannot be woken, when its values say so, and says what stays asleep', async () => {
    await cluster.kubectl(['delete', 'rolebinding', 'rota-sleep', '-n', 'team-b'])
    const leave = ['--reuse-values', '--set', 'uninstall.leaveAsleep=true']
    expect(await must('upgrade', 'rota', CHART, '-n', HOME, ...leave, '--wait')).toContain(
      'and leaves asleep what it cannot wake',
    )
    const { code, err } = await helm('uninstall', 'rota', '-n', HOME)
    expect([code, err]).toEqual([0, expect.stringContaining(LAST_LINE)])
    const said = kubelet.logs('rota-uninstall')
    expect(said).toContain('team-b/nights-off: team-b STAYS ASLEEP: ServiceAccount team-b/rota may not')
    expect(said).toContain('2 tasks let go: Rota can be uninstalled')
    expect(await Promise.all(teams.map(team => team.state()))).toEqual([AWAKE, { ...ASLEEP, finalizers: [] }])
    await nothingIsLeft()
  })

  const PART_OF_RELEASE = 'app.kubernetes.io/instance=rota'
  const KINDS = [
    'all,serviceaccounts,roles,rolebindings,clusterroles,clusterrolebindings,poddisruptionbudgets,leases',
    'validatingadmissionpolicies,validatingadmissionpolicybindings,configmaps,secrets',
  ].join()

  async function nothingIsLeft(): Promise<void> {
    await until('nothing is left', leftOvers, left => left.length === 0)
  }

  /** Of the release, anywhere; and whatever else there is in its namespace but what every namespace has. */
  async function leftOvers(): Promise<readonly string[]> {
    const named = async (...words: readonly string[]) =>
      (await cluster.kubectl(['get', KINDS, '-o', 'name', ...words])).stdout.split('\n').filter(Boolean)
    const [labelled, here] = await Promise.all([named('-A', '-l', PART_OF_RELEASE), named('-n', HOME)])
    const own = here.filter(name => !/^(serviceaccount\/default|configmap\/kube-root-ca\.crt)$/.test(name))
    return [...labelled, ...own.filter(name => !/^clusterrole|^validatingadmission/.test(name))]
  }
})

/** As of a version before, which had no column for messages. */
function olderChart(directory: string): string {
  const chart = join(directory, 'older')
  cpSync(CHART, chart, { recursive: true })
  const edit = (file: string, change: (text: string) => string) => {
    const path = join(chart, file)
    writeFileSync(path, change(readFileSync(path, 'utf8')))
  }
  edit('Chart.yaml', text => text.replaceAll(/ersion: [0-9].*$/gm, 'ersion: 0.0.1'))
  edit('files/crd.yaml', text => text.replace(/^.*\{name: Message, .*\n/m, ''))
  return chart
}
