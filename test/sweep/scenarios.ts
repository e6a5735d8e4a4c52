import { isDeepStrictEqual } from 'node:util'
import { rfc3339 } from '../../src/lib/instant.ts'
import { cronJob, type Plural, pausedDeployment, statefulSet } from '../harness/api.ts'
import { daily, EVENING, MORNING, ranFor, type Scenario, type Stage, untilAwake } from './stage.ts'

const RUN = 'rota.dev/run'
const CANCEL = 'rota.dev/cancel'

const nights = { schedule: daily(EVENING), operation: { sleep: { wakeSchedule: daily(MORNING) } } }

async function workloads({ api, namespace }: Stage): Promise<void> {
  await Promise.all([
    api.create('deployments', namespace, pausedDeployment('web', 3)),
    api.create('deployments', namespace, pausedDeployment('api', 2)),
    api.create('deployments', namespace, pausedDeployment('off', 0)),
    api.create('cronjobs', namespace, cronJob('report')),
    api.create('cronjobs', namespace, cronJob('idle', true)),
  ])
}

const AWAKE = { web: 3, api: 2, off: 0, report: false, idle: true }

async function levels({ api, namespace }: Stage): Promise<Readonly<Record<string, unknown>>> {
  const kinds: readonly Plural[] = ['deployments', 'cronjobs']
  const all = (await Promise.all(kinds.map(kind => api.list(kind, namespace)))).flat()
  return Object.fromEntries(all.map(({ metadata, spec }) => [metadata.name, spec.replicas ?? spec.suspend]))
}

async function isAwake(stage: Stage): Promise<readonly string[]> {
  const now = await levels(stage)
  return same('the workloads', { ...now }, AWAKE)
}

function same(what: string, seen: unknown, expected: unknown): readonly string[] {
  return isDeepStrictEqual(seen, expected) ? [] : [`${what}: ${JSON.stringify(seen)}, not ${JSON.stringify(expected)}`]
}

async function generations({ api, namespace }: Stage, ...names: readonly string[]): Promise<readonly number[]> {
  const all = await Promise.all(names.map(name => api.get('deployments', namespace, name)))
  return all.map(({ metadata }) => metadata.generation)
}

async function namesOf({ api, namespace }: Stage, kind: Plural): Promise<readonly string[]> {
  const all = await api.list(kind, namespace)
  return all.map(({ metadata }) => metadata.name).sort()
}

async function countsOf({ api, namespace }: Stage, name: string, runCount: number): Promise<readonly string[]> {
  const { status } = await api.task(namespace, name)
  return same(`runCount of ${name}`, status?.runCount, runCount)
}

const configMap = (name: string, labels: object = {}) => {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, labels }, data: { level: 'info' } }
}

/** A Job whose pod runs so long. */
function job(runFor: string): object {
  const containers = [{ name: 'main', image: 'example.invalid/app:1' }]
  const pod = { metadata: { annotations: { 'kwok.test/run-for': runFor } } }
  return { job: { template: { template: { ...pod, spec: { restartPolicy: 'Never', containers } } } } }
}

const night: Scenario = {
  name: 'night',
  async prepare(stage) {
    await workloads(stage)
    await stage.api.createTask(stage.namespace, 'task', nights)
  },
  async course(stage) {
    stage.jumpTo(EVENING)
    await stage.untilTask('task', 'slept', ranFor(EVENING))
    stage.jumpTo(MORNING)
    await untilAwake(stage, 'task', MORNING)
  },
  verify: isAwake,
}

export const SCENARIOS: readonly Scenario[] = [
  night,
  { ...night, name: 'night under a leader', flags: { 'leader-elect': 'true' } },
  {
    ...night,
    name: 'deleted in its sleep',
    async course(stage) {
      stage.jumpTo(EVENING)
      await stage.untilTask('task', 'slept', ranFor(EVENING))
      await stage.api.delete('scheduledtasks', stage.namespace, 'task')
      await stage.untilGone('task')
    },
    verify: async stage => (stage.mayFail ? [] : isAwake(stage)),
  },
  {
    name: 'restart',
    async prepare(stage) {
      // Paused Deployments are not restarted.
      await stage.api.create('statefulsets', stage.namespace, statefulSet('db', 0))
      await stage.api.create('statefulsets', stage.namespace, statefulSet('queue', 0))
      const restart = { kinds: ['StatefulSet'] }
      await stage.api.createTask(stage.namespace, 'task', { schedule: daily(EVENING), operation: { restart } })
    },
    async course(stage) {
      stage.jumpTo(EVENING)
      await stage.untilTask('task', 'restarted', ranFor(EVENING))
    },
    async verify(stage) {
      const all = await stage.api.list('statefulsets', stage.namespace)
      const changed = all.map(({ metadata }) => metadata.generation)
      return [...(stage.mayFail ? [] : same('generations', changed, [2, 2])), ...(await countsOf(stage, 'task', 1))]
    },
  },
  {
    name: 'scaled on request, twice by the same token',
    async prepare(stage) {
      await workloads(stage)
      const scale = { kinds: ['Deployment'], names: ['web', 'api'], replicas: 5 }
      await stage.api.createTask(stage.namespace, 'task', { operation: { scale } })
    },
    async course({ api, namespace, untilTask }) {
      for (const name of ['first', 'first']) {
        await api.annotate(namespace, 'task', { [RUN]: name })
        await untilTask('task', 'scaled', ({ status }) => status?.handled?.run === name && !status.activeRun)
      }
    },
    async verify(stage) {
      const { web, api } = await levels(stage)
      const changed = stage.mayFail
        ? []
        : [
            ...same('replicas', [web, api], [5, 5]),
            ...same('generations', await generations(stage, 'web', 'api'), [2, 2]),
          ]
      return [...changed, ...(await countsOf(stage, 'task', 1))]
    },
  },
  {
    name: 'cleanup',
    async prepare(stage) {
      const { namespace, api } = stage
      for (const name of ['a', 'b', 'c']) await api.create('configmaps', namespace, configMap(name, { old: 'yes' }))
      await api.create('configmaps', namespace, configMap('kept'))
      const cleanup = { kinds: ['ConfigMap'], selector: { matchLabels: { old: 'yes' } } }
      await api.createTask(namespace, 'task', { schedule: daily(EVENING), operation: { cleanup } })
    },
    async course(stage) {
      stage.jumpTo(EVENING)
      await stage.untilTask('task', 'cleaned up', ranFor(EVENING))
    },
    async verify(stage) {
      const left = (await namesOf(stage, 'configmaps')).filter(name => name !== 'kube-root-ca.crt')
      const cleaned = stage.mayFail ? [] : same('ConfigMaps', left, ['kept'])
      return [...cleaned, ...(left.includes('kept') ? [] : ['what was not chosen is gone'])]
    },
  },
  {
    name: 'apply',
    async prepare({ api, namespace }) {
      const manifests = [configMap('one'), configMap('two')].map(one => JSON.stringify(one)).join('\n---\n')
      await api.createTask(namespace, 'task', { schedule: daily(EVENING), operation: { apply: { manifests } } })
    },
    async course(stage) {
      stage.jumpTo(EVENING)
      await stage.untilTask('task', 'applied', ranFor(EVENING))
    },
    async verify(stage) {
      const names = (await namesOf(stage, 'configmaps')).filter(name => name !== 'kube-root-ca.crt')
      return stage.mayFail ? [] : same('ConfigMaps', names, ['one', 'two'])
    },
  },
  {
    name: 'patch',
    async prepare({ api, namespace }) {
      for (const name of ['one', 'two']) await api.create('configmaps', namespace, configMap(name))
      const patch = { kind: 'ConfigMap', names: ['one', 'two'], patch: '{"data":{"level":"debug"}}' }
      await api.createTask(namespace, 'task', { schedule: daily(EVENING), operation: { patch } })
    },
    async course(stage) {
      stage.jumpTo(EVENING)
      await stage.untilTask('task', 'patched', ranFor(EVENING))
    },
    async verify(stage) {
      const all = await stage.api.list('configmaps', stage.namespace)
      const patched = stage.mayFail
        ? []
        : same('patched', all.filter(({ data }) => data?.['level'] === 'debug').length, 2)
      return [...patched, ...(await countsOf(stage, 'task', 1))]
    },
  },
  {
    name: 'createNamespace',
    async prepare({ api, namespace, cluster }) {
      const role = ['--clusterrole=cluster-admin', `--serviceaccount=${namespace}:rota`]
      await cluster.kubectl(['create', 'clusterrolebinding', namespace, ...role])
      const createNamespace = { labels: { team: 'a' }, manifests: JSON.stringify(configMap('settings')) }
      const spec = { target: { namespaces: [`${namespace}-made`] }, operation: { createNamespace } }
      await api.createTask(namespace, 'task', { schedule: daily(EVENING), ...spec })
    },
    async course(stage) {
      stage.jumpTo(EVENING)
      await stage.untilTask('task', 'made it', ranFor(EVENING))
    },
    async verify(stage) {
      const made = await namesOf({ ...stage, namespace: `${stage.namespace}-made` }, 'configmaps')
      return stage.mayFail ? [] : same('settings', made.includes('settings'), true)
    },
  },
  {
    name: 'job',
    async prepare({ api, namespace }) {
      await api.createTask(namespace, 'task', { schedule: daily(EVENING), operation: job('200ms') })
    },
    async course(stage) {
      stage.jumpTo(EVENING)
      await stage.untilTask('task', 'has run', ranFor(EVENING))
    },
    async verify(stage) {
      const { status } = await stage.api.task(stage.namespace, 'task')
      const result = stage.mayFail ? [] : same('the result', status?.lastResult, 'Succeeded')
      return [...result, ...(await countsOf(stage, 'task', 1))]
    },
  },
  {
    name: 'cancel',
    async prepare({ api, namespace }) {
      await api.createTask(namespace, 'task', { operation: job('1h') })
    },
    async course({ api, namespace, untilTask }) {
      await api.annotate(namespace, 'task', { [RUN]: 'first' })
      await untilTask('task', 'is active', ({ status }) => (status?.runCount ?? 0) > 0)
      await api.annotate(namespace, 'task', { [CANCEL]: 'first' })
      await untilTask('task', 'has ended', ({ status }) => status?.handled?.cancel === 'first' && !status.activeRun)
    },
    async verify(stage) {
      return stage.mayFail ? [] : same('Jobs', await namesOf(stage, 'jobs'), [])
    },
  },
  {
    name: 'edited while active',
    async prepare({ api, namespace }) {
      await api.createTask(namespace, 'task', { operation: job('1h') })
    },
    async course({ api, namespace, untilTask }) {
      await api.annotate(namespace, 'task', { [RUN]: 'first' })
      await untilTask('task', 'is active', ({ status }) => (status?.runCount ?? 0) > 0)
      await api.patch('scheduledtasks', namespace, 'task', { spec: { dryRun: true } })
      await untilTask('task', 'has ended', ({ status, metadata }) => {
        return !status?.activeRun && status?.observedGeneration === metadata.generation
      })
    },
    async verify(stage) {
      return stage.mayFail ? [] : same('Jobs', await namesOf(stage, 'jobs'), [])
    },
  },
  {
    name: 'chain',
    async prepare(stage) {
      await workloads(stage)
      const { api, namespace } = stage
      const scale = (name: string, replicas: number) => ({ scale: { kinds: ['Deployment'], names: [name], replicas } })
      await api.createTask(namespace, 'first', { schedule: daily(EVENING), operation: scale('web', 5) })
      await api.createTask(namespace, 'second', { dependsOn: [{ name: 'first' }], operation: scale('api', 6) })
    },
    async course(stage) {
      stage.jumpTo(EVENING)
      const first = await stage.untilTask('first', 'has run', ranFor(EVENING))
      if (first.status?.lastResult === 'Succeeded') await stage.untilTask('second', 'has run', ranFor(EVENING))
    },
    async verify(stage) {
      const { web, api } = await levels(stage)
      return stage.mayFail ? [] : same('replicas', [web, api], [5, 6])
    },
  },
  {
    name: 'suspended over its slot',
    async prepare(stage) {
      await workloads(stage)
      const scale = { kinds: ['Deployment'], names: ['web'], replicas: 5 }
      const spec = { schedule: daily(EVENING), suspend: true, operation: { scale } }
      await stage.api.createTask(stage.namespace, 'task', spec)
    },
    async course(stage) {
      const { api, namespace, untilTask, jumpTo } = stage
      await untilTask('task', 'is suspended', ({ status }) => status?.phase === 'Suspended')
      jumpTo(MORNING)
      await api.patch('scheduledtasks', namespace, 'task', { spec: { suspend: false } })
      await untilTask('task', 'is scheduled', ({ status }) => status?.phase === 'Scheduled')
      jumpTo(EVENING + 24 * 3600_000)
      await untilTask('task', 'has run', ranFor(EVENING + 24 * 3600_000))
    },
    async verify(stage) {
      const { status } = await stage.api.task(stage.namespace, 'task')
      const slot = rfc3339(EVENING + 24 * 3600_000)
      return [...same('the slot', status?.lastSlotTime, slot), ...(await countsOf(stage, 'task', 1))]
    },
  },
]
