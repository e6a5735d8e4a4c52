import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { KIND } from '../../src/api/names.ts'
import type { ScheduledTask, Status } from '../../src/api/task.ts'
import { HOUR } from '../../src/lib/instant.ts'
import { captured } from '../builders/captured.ts'
import { FakeClock } from '../builders/fake-clock.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { until } from '../cluster/until.ts'
import { setTheStage } from '../demo/stage.ts'
import { type Api, apiOf, deployment, job, type Plural, podTemplate } from '../harness/api.ts'
import { keepAnEyeOn } from '../harness/checked.ts'
import { get, startOwnCluster, usesExistingCluster } from '../harness/cluster.ts'
import { startOperator, type TestOperator } from '../harness/operator.ts'
import { ended } from '../harness/proxied-operator.ts'
import { ranFor } from '../harness/requested.ts'

const FOLDER = 'deploy/samples/cookbook'
const RECIPES = readdirSync(FOLDER)
  .filter(file => file.endsWith('.yaml'))
  .map(file => ({ file, text: readFileSync(`${FOLDER}/${file}`, 'utf8') }))
const DONE = { lastResult: 'Succeeded', errorCount: 0 }

// On a cluster of its own: recipes are applied as they are, with Rota's own account and all that is shipped for it.
describe.skipIf(usesExistingCluster)('the cookbook', () => {
  let cluster: Cluster
  let api: Api
  let operator: TestOperator | undefined

  beforeAll(async () => {
    cluster = await startOwnCluster()
    api = await apiOf(cluster)
    await setTheStage(cluster)
    for (const namespace of ['platform', 'team-a', 'team-b']) keepAnEyeOn(cluster, namespace)
  })
  afterEach(() => operator?.stop())
  afterAll(() => cluster?.stop())

  /** What each recipe does to the cluster. */
  const EFFECTS: Readonly<Record<string, () => Promise<void>>> = {
    'nights-and-weekends-off.yaml': async () => {
      const before = await sizes('team-a')
      expect(await ranAt('team-a', 'nights-and-weekends-off', at('T20:00:00'))).toMatchObject(DONE)
      expect(await sizes('team-a')).toEqual({ api: 0, db: 0, report: 'suspended', web: 0, worker: 0 })
      expect(await ranAt('team-a', 'nights-and-weekends-off', at('T07:00:00'))).toMatchObject(DONE)
      expect(await sizes('team-a')).toEqual(before)
    },

    'development-off.yaml': async () => {
      await cluster.kubectl(['create', 'namespace', 'shop'])
      await cluster.kubectl(['label', 'namespace', 'shop', 'env=production'])
      await api.create('deployments', 'shop', deployment('web', 3))
      const all = () => Promise.all(['team-a', 'team-b', 'shop'].map(sizes))
      const before = await all()
      expect(await ranFor(api, 'platform', 'development-off')).toMatchObject(DONE)
      expect(await all()).toEqual([
        { api: 0, db: 0, report: 'suspended', web: 0, worker: 0 },
        { api: 0, web: 0 },
        { web: 3 },
      ])
      expect(await ranAt('platform', 'development-off', at('T06:30:00'))).toMatchObject(DONE)
      expect(await all()).toEqual(before)
    },

    'weekly-restart.yaml': async () => {
      const restarted = async (name: string) =>
        (await api.get('deployments', 'team-b', name)).spec.template?.metadata?.annotations?.[
          'kubectl.kubernetes.io/restartedAt'
        ]
      expect(await ranAt('team-b', 'weekly-restart', at('T04:'))).toMatchObject(DONE)
      expect(await restarted('api')).toMatch(/T0[23]:/)
      expect(await restarted('web')).toBeUndefined()
    },

    'working-hours.yaml': async () => {
      expect(await ranFor(api, 'team-b', 'working-hours')).toMatchObject(DONE)
      const { status } = await get<{ status: object }>(cluster, 'deployment web', 'team-b')
      expect(status).toMatchObject({ readyReplicas: 6 })
      expect(await ranFor(api, 'team-b', 'after-work')).toMatchObject(DONE)
      expect(await sizes('team-b')).toMatchObject({ web: 2 })
    },

    'daily-cleanup.yaml': async () => {
      await api.create('jobs', 'team-b', job('imported', {}))
      await api.create('jobs', 'team-b', job('failed', { 'kwok.test/exit-code': '3' }))
      await api.create('jobs', 'team-b', job('running', { 'kwok.test/run-for': '1h' }))
      const pod = { metadata: { name: 'crashed', annotations: { 'kwok.test/exit-code': '1' } } }
      await api.create('pods', 'team-b', { apiVersion: 'v1', kind: 'Pod', ...pod, spec: podTemplate('crashed').spec })
      await until('they have ended', async () => {
        const [imported, failed] = await Promise.all(
          ['imported', 'failed'].map(name => api.get('jobs', 'team-b', name)),
        )
        const { status } = await api.get('pods', 'team-b', 'crashed')
        return imported?.status?.succeeded === 1 && failed?.status?.failed === 1 && status?.phase === 'Failed'
      })
      expect(await ranFor(api, 'team-b', 'daily-cleanup')).toMatchObject(DONE)
      expect(await names('jobs', 'team-b')).toEqual(['failed', 'imported', 'running'])
      expect(await ranAt('team-b', 'daily-cleanup', inDays(1))).toMatchObject(DONE)
      expect(await names('jobs', 'team-b')).toEqual(['running'])
      expect(await names('pods', 'team-b')).not.toContain('crashed')
      expect(await sizes('team-b')).toMatchObject({ api: 2, web: 2 })
    },

    'preview-environments.yaml': async () => {
      for (const name of ['preview-1', 'preview-2']) await cluster.kubectl(['create', 'namespace', name])
      await cluster.kubectl(['label', 'namespace', 'preview-1', 'preview-2', 'env=preview'])
      await cluster.kubectl(['label', 'namespace', 'preview-1', 'rota.dev/deletable=true'])
      expect(await ranFor(api, 'platform', 'preview-environments')).toMatchObject(DONE)
      expect(await namespaces()).toEqual(expect.arrayContaining(['preview-1', 'preview-2']))
      expect(await ranAt('platform', 'preview-environments', inDays(3))).toMatchObject(DONE)
      expect(await namespaces()).toContain('preview-2')
      expect(await namespaces()).not.toContain('preview-1')
    },

    'sandboxes.yaml': async () => {
      const quotaOf = async (namespace: string) =>
        (await get<{ spec: { hard: Readonly<Record<string, string>> } }>(cluster, 'quota compute', namespace)).spec.hard
      expect(await ranFor(api, 'platform', 'sandboxes')).toMatchObject(DONE)
      for (const namespace of ['sandbox-1', 'sandbox-2']) {
        expect(await quotaOf(namespace)).toMatchObject({ pods: '20' })
        const { metadata } = await get<{ metadata: { labels: object } }>(cluster, `namespace ${namespace}`)
        expect(metadata.labels).toMatchObject({ env: 'dev', 'pod-security.kubernetes.io/enforce': 'baseline' })
      }
      const plain = { metadata: { name: 'plain' }, spec: podTemplate('plain').spec }
      await api.create('pods', 'sandbox-1', { apiVersion: 'v1', kind: 'Pod', ...plain })
      const pod = await get<{ spec: { containers: readonly object[] } }>(cluster, 'pod plain', 'sandbox-1')
      expect(pod.spec.containers).toMatchObject([
        { resources: { requests: { cpu: '100m' }, limits: { memory: '512Mi' } } },
      ])
      await cluster.kubectl(['delete', 'quota', 'compute', '-n', 'sandbox-2'])
      expect(await ranFor(api, 'platform', 'sandboxes', '2')).toMatchObject(DONE)
      expect(await quotaOf('sandbox-2')).toMatchObject({ pods: '20' })
    },

    'guard-rails.yaml': async () => {
      const level = async () => (await api.get('configmaps', 'team-b', 'settings')).data?.['log-level']
      expect(await ranFor(api, 'team-b', 'guard-rails')).toMatchObject(DONE)
      expect(await level()).toBe('info')
      await cluster.kubectl(['patch', 'cm', 'settings', '-n', 'team-b', '-p', '{"data": {"log-level": "debug"}}'])
      await cluster.kubectl(['delete', 'networkpolicy', 'only-from-here', '-n', 'team-b'])
      expect(await ranAt('team-b', 'guard-rails', at('T02:00:00'))).toMatchObject(DONE)
      expect(await level()).toBe('info')
      const { spec } = await get<{ spec: object }>(cluster, 'networkpolicy only-from-here', 'team-b')
      expect(spec).toMatchObject({ policyTypes: ['Ingress'], ingress: [{ from: [{ podSelector: {} }] }] })
    },

    'weekend-autoscaling.yaml': async () => {
      const least = async () =>
        (await get<{ spec: { minReplicas: number } }>(cluster, 'hpa api', 'team-b')).spec.minReplicas
      expect(await ranAt('team-b', 'weekend-autoscaling', at('T20:00:00'))).toMatchObject(DONE)
      expect(await least()).toBe(1)
      expect(await ranFor(api, 'team-b', 'weekday-autoscaling')).toMatchObject(DONE)
      expect(await least()).toBe(3)
    },

    'nightly-backup.yaml': async () => {
      expect(await ranAt('team-b', 'nightly-backup', at('T01:30:00'))).toMatchObject(DONE)
      const { status } = await api.untilTask('team-b', 'try-backup', 'has run too', ended)
      expect(status).toMatchObject({ ...DONE, history: [{ reason: 'Dependency' }] })
      const jobs = await api.list('jobs', 'team-b')
      const done = jobs.filter(each => each.status?.succeeded === 1).map(({ metadata }) => metadata.name)
      for (const task of ['nightly-backup', 'try-backup']) expect(done).toContainEqual(expect.stringContaining(task))
    },
  }

  test('has ten recipes, and of each it is known what it does', () => {
    expect(RECIPES.map(({ file }) => file).sort()).toEqual(Object.keys(EFFECTS).sort())
    expect(RECIPES).toHaveLength(10)
  })

  test('says of each what it is for, in its first lines and in the README', () => {
    const page = readFileSync('deploy/samples/README.md', 'utf8')
    for (const { file, text } of RECIPES) {
      expect(text, file).toMatch(/^(# .+\n){1,3}(?!#)/)
      expect(page).toContain(`(cookbook/${file})`)
      for (const { name, namespace } of tasksIn(text)) expect(page).toContain(`\`${namespace}/${name}\``)
    }
  })

  test('has no mistakes that rota validate could find', async () => {
    const files = Object.fromEntries(RECIPES.map(({ file, text }) => [`${FOLDER}/${file}`, text]))
    const { out, err } = await captured({ clock: new FakeClock(0), files }, 'validate', '-f', FOLDER)
    expect([out, err]).toEqual(['', expect.stringMatching(/: no mistakes\n$/)])
  })

  test.each(RECIPES)('$file does what it says, with the rights that it names', async ({ file }) => {
    const effect = EFFECTS[file]
    if (!effect) throw new Error(`say in EFFECTS what ${file} does`)
    const path = `${FOLDER}/${file}`
    const kubeconfig = await cluster.kubeconfigForServiceAccount('rota-system', 'rota')
    operator = await startOperator({ kubeconfig, namespaces: [] })
    await cluster.kubectl(['apply', '-f', path])
    await effect()
    await cluster.kubectl(['delete', '-f', path, '--timeout=30s'])
  })

  /** Sets the clock to the first of the next slots that is meant. @returns the status after its run */
  async function ranAt(namespace: string, name: string, isMeant: (slot: string) => boolean): Promise<Status> {
    const slotOf = ({ status }: ScheduledTask) => status?.nextRuns?.find(isMeant)
    const task = await api.untilTask(namespace, name, 'has such a slot', task => slotOf(task) !== undefined)
    const slot = Date.parse(slotOf(task) ?? '')
    operator?.clock.jumpTo(slot)
    const isOver = (task: ScheduledTask) => ended(task) && Date.parse(task.status?.lastSlotTime ?? '') === slot
    const { status } = await api.untilTask(namespace, name, 'has run at its slot', isOver)
    if (!status) throw new Error('there is no status')
    return status
  }

  /** Replicas of all that has them, and whether CronJobs are suspended. */
  async function sizes(namespace: string): Promise<Readonly<Record<string, number | string | undefined>>> {
    const kinds = ['deployments', 'statefulsets', 'cronjobs'] as const
    const found = (await Promise.all(kinds.map(kind => api.list(kind, namespace)))).flat()
    const size = (spec: { replicas?: number; suspend?: boolean }) =>
      spec.suspend === undefined ? spec.replicas : spec.suspend && 'suspended'
    return Object.fromEntries(found.map(({ metadata, spec }) => [metadata.name, size(spec) || 0]))
  }

  async function names(plural: Plural, namespace: string): Promise<readonly string[]> {
    const left = (await api.list(plural, namespace)).filter(({ metadata }) => !metadata.deletionTimestamp)
    return left.map(({ metadata }) => metadata.name).sort()
  }

  async function namespaces(): Promise<readonly string[]> {
    const { stdout } = await cluster.kubectl(['get', 'namespaces', '-o', 'jsonpath={.items[*].metadata.name}'])
    return stdout.split(' ')
  }
})

/** A slot at this local time. */
function at(time: string): (slot: string) => boolean {
  return slot => slot.includes(time)
}

/** A slot when so many days are over. */
function inDays(days: number): (slot: string) => boolean {
  const then = Date.now() + days * 24 * HOUR
  return slot => Date.parse(slot) > then
}

function tasksIn(text: string): readonly ScheduledTask['metadata'][] {
  const objects = parseAllDocuments(text).map(document => document.toJS() as Pick<ScheduledTask, 'kind' | 'metadata'>)
  return objects.filter(({ kind }) => kind === KIND).map(({ metadata }) => metadata)
}
