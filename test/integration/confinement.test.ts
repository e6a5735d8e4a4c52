import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ScheduledTask } from '../../src/api/task.ts'
import { runId, specKey } from '../../src/decide/run.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { until } from '../cluster/until.ts'
import { type Api, apiOf, deployment } from '../harness/api.ts'
import { type AuditEvent, readAuditLog } from '../harness/audit.ts'
import { apply, get, startOwnCluster, usesExistingCluster } from '../harness/cluster.ts'
import { startOperator, type TestOperator } from '../harness/operator.ts'
import { rightOf, sorted } from '../harness/rights.ts'
import { ATTEMPTS, CROWN, JEWEL, OWN, TENANT, VICTIM } from './confinement/attempts.ts'
import { fieldsForText, shippedCrd, withoutRules } from './confinement/fields.ts'
import { HARMLESS } from './confinement/harmless.ts'

const OPERATOR = 'system:serviceaccount:default:operator'
const KINDS =
  'deployments,configmaps,secrets,serviceaccounts,pods,jobs,roles,rolebindings,resourcequotas,scheduledtasks'

test('every field for text is tried out, or is known to be harmless', () => {
  const fields = fieldsForText(shippedCrd())
  const tried = new Set(ATTEMPTS.flatMap(attempt => attempt.fields).map(plain))
  tried.add('dependsOn[].name')
  const isHarmless = (field: string) => HARMLESS.some(([pattern]) => pattern.test(field))
  expect(fields.filter(field => !isHarmless(field) && !tried.has(plain(field)))).toEqual([])
})

// On a cluster of its own: the CRD has no rules, there are no policies, and the operator may do everything. So nothing but
// Rota itself, and the rights of the accounts, keeps a tenant where he is.
describe.skipIf(usesExistingCluster)('a tenant', () => {
  let cluster: Cluster
  let api: Api
  let operator: TestOperator | undefined
  let start: (flags: Readonly<Record<string, string>>) => Promise<void>
  /** When the first attempt began: what came before may show in the audit log later. */
  let beginning: number
  let untouched: unknown

  beforeAll(async () => {
    cluster = await startOwnCluster()
    api = await apiOf(cluster)
    await apply(cluster, [withoutRules(shippedCrd())])
    await until('the CRD is served', () => cluster.kubectl(['get', 'scheduledtasks', '-A']))
    await apply(cluster, [...victim(), ...tenant(), ...almighty()])
    for (const name of [CROWN, JEWEL]) await api.create('deployments', VICTIM, deployment(name, 0))
    for (const name of [CROWN, OWN]) await api.create('deployments', TENANT, deployment(name, 0))
    const kubeconfig = await cluster.kubeconfigForServiceAccount('default', 'operator')
    start = async flags => {
      await operator?.stop()
      operator = await startOperator({ kubeconfig, namespaces: [], flags })
    }
    await start({})
    await api.createTask(VICTIM, 'nightly', { serviceAccountName: 'boss', operation: { restart: { names: [CROWN] } } })
    await api.annotate(VICTIM, 'nightly', { 'rota.dev/run': '1' })
    await api.untilTask(VICTIM, 'nightly', 'has run', ended)
    beginning = Date.now()
    await until('the namespace is at rest', restless, kinds => kinds.length === 0)
    untouched = await belongings()
  })
  afterAll(async () => {
    await operator?.stop()
    await cluster?.stop()
  })

  test.each(ATTEMPTS.map((attempt, index) => ({ name: `attempt-${index}`, ...attempt })))(
    'does not get by with $by',
    async ({ name, spec, ends, lists }) => {
      const task = await tried(name, { ...(lists && { serviceAccountName: 'lister' }), ...spec })
      expect(endOf(task)).toBe(ends)
      // Final: what is refused is not asked for again.
      expect(task.status?.history?.map(({ attempts }) => attempts)).toEqual(
        ends.startsWith('Stalled') ? undefined : [1],
      )
    },
  )

  test.each(['nightly', `${VICTIM}/nightly`, `../${VICTIM}/nightly`])(
    'does not learn by dependsOn %s whether a task there has run',
    async name => {
      const called = `follows-${name.replaceAll(/[^a-z]+/g, '-')}`
      await api.createTask(TENANT, called, { operation: { restart: {} }, dependsOn: [{ name }] })
      // Whatever there is to notice has been noticed once a later task has run.
      await tried(`${called}-later`, { operation: { restart: { names: [OWN] } } })
      const { status } = await api.task(TENANT, called)
      expect(status?.runCount ?? 0).toBe(0)
      expect(JSON.stringify(status)).not.toContain('Succeeded')
    },
  )

  test('does not cancel the run of another by its id, or run it with a token that names it', async () => {
    const [run] = (await api.task(VICTIM, 'nightly')).status?.history ?? []
    await api.createTask(TENANT, 'asks', { operation: { restart: { names: [OWN] } } })
    await api.annotate(TENANT, 'asks', { 'rota.dev/cancel': run?.id ?? '' })
    await api.annotate(TENANT, 'asks', { 'rota.dev/run': `../${VICTIM}/nightly` })
    await api.untilTask(TENANT, 'asks', 'is told that this is no token', ({ status }) => status?.phase === 'Stalled')
  })

  test('wakes nothing but his own with an annotation that names holders and objects there', async () => {
    const { metadata } = await api.get('deployments', VICTIM, CROWN)
    const { metadata: of } = await api.task(VICTIM, 'nightly')
    const holders = [{ task: `${VICTIM}/nightly`, uid: of.uid, run: 'x' }]
    const mine = await api.get('deployments', TENANT, OWN)
    for (const [name, uid] of [
      ['copied', metadata.uid],
      ['forged', mine.metadata.uid],
    ] as const) {
      const kept = JSON.stringify({ v: 1, uid, from: 1, to: 0, holders })
      await api.patch('deployments', TENANT, OWN, { metadata: { annotations: { 'rota.dev/sleep': kept } } })
      expect(endOf(await tried(name, { operation: { wake: {} } }))).toBe('Succeeded (Completed)')
    }
    expect((await api.get('deployments', TENANT, OWN)).spec.replicas).toBe(1)
  })

  describe('who may write the status of his tasks', () => {
    test.each([VICTIM, `${VICTIM}/secrets/${CROWN}`, `../${VICTIM}`])('gets no run into %s', async namespace => {
      const name = `forged-${namespace.replaceAll(/[^a-z]+/g, '-')}`
      const { metadata, spec } = await api.createTask(TENANT, name, { operation: { restart: {} } })
      const slotTime = new Date().toISOString().replace(/\.\d+/, '')
      const activeRun = {
        id: runId(metadata.uid, 'restart', 'Schedule', Date.parse(slotTime)),
        operation: 'restart',
        reason: 'Schedule',
        slotTime,
        startTime: slotTime,
        attempt: 1,
        namespaces: [namespace],
        owner: 'tenant',
        specKey: specKey(spec),
      }
      await forge(name, { activeRun })
      const task = await api.untilTask(TENANT, name, 'has ended', ended, 40_000)
      expect(task.status).toMatchObject({ lastResult: 'Failed', history: [{ changed: 0 }] })
    })

    test('wakes nothing there by deleting a task that says so', async () => {
      await api.createTask(TENANT, 'sleeper', { operation: { sleep: {} } })
      await api.patch('scheduledtasks', TENANT, 'sleeper', { metadata: { finalizers: ['rota.dev/wake'] } })
      const since = '2026-01-05T20:00:00Z'
      await forge('sleeper', { sleeping: { since, namespaces: [VICTIM], workloads: 1, kinds: ['Secret'] } })
      await api.delete('scheduledtasks', TENANT, 'sleeper')
      const names = async () => (await api.list('scheduledtasks', TENANT)).map(one => one.metadata.name)
      await until('the task is gone', async () => !(await names()).includes('sleeper'), Boolean, { timeout: 40_000 })
    })
  })

  describe('of all this', () => {
    test('nothing there has changed, and nothing was made in the cluster', async () => {
      expect(await belongings()).toEqual(untouched)
      const { code } = await cluster.tryKubectl(['get', 'clusterrolebinding', 'tenant-rules'])
      expect(code).not.toBe(0)
    })

    test('every request on targets was made as an account of the tenant, and none there was answered', () => {
      const users = sorted(onBehalf().map(({ impersonatedUser }) => impersonatedUser?.username ?? ''))
      expect(users).toEqual([`system:serviceaccount:${TENANT}:lister`, `system:serviceaccount:${TENANT}:rota`])
      const there = onBehalf().filter(({ requestURI }) => requestURI.includes(VICTIM))
      expect(there.length).toBeGreaterThan(20)
      expect(there.filter(({ responseStatus }) => (responseStatus?.code ?? 0) < 400)).toEqual([])
    })

    test('Rota itself asked whether his account and the namespaces exist, and wrote to his tasks and of them', () => {
      const mine = requests(beginning).filter(({ impersonatedUser }) => !impersonatedUser)
      const asked = [
        'get namespaces',
        'get serviceaccounts',
        'get scheduledtasks.rota.dev',
        'watch scheduledtasks.rota.dev',
        // Who may change nothing somewhere keeps nobody waiting there.
        'create subjectaccessreviews.authorization.k8s.io',
      ]
      const told = ['create events.events.k8s.io', 'patch events.events.k8s.io']
      const written = ['patch scheduledtasks.rota.dev', 'update scheduledtasks/status.rota.dev', ...told]
      const allowed = [...asked, ...written]
      expect(sorted(mine.flatMap(rightOf)).filter(right => !allowed.includes(right))).toEqual([])
      const about = mine.filter(({ objectRef }) => objectRef?.resource !== 'namespaces')
      expect(sorted(about.map(({ objectRef }) => objectRef?.namespace ?? 'all'))).toEqual(['all', TENANT])
      expect(mine.filter(({ requestURI }) => /\.\.|%2e%2e/i.test(requestURI))).toEqual([])
    })

    test('his tasks, and the Events of them, tell no name that he did not write', async () => {
      const tasks = await api.list('scheduledtasks', TENANT)
      expect(tasks.length).toBeGreaterThan(ATTEMPTS.length)
      const { items } = await get<{ readonly items: readonly object[] }>(cluster, 'events.events.k8s.io', TENANT)
      expect(items).not.toEqual([])
      expect([...tasks, ...items].filter(task => JSON.stringify(task).includes(JEWEL))).toEqual([])
    })
  })

  describe('where tasks work on their own namespace only', () => {
    let began: number

    beforeAll(async () => {
      await start({ 'cross-namespace': 'false' })
      began = Date.now()
    })

    const reaching = ATTEMPTS.filter(({ spec }) =>
      /victim|kube-system|metadata.name/.test(JSON.stringify(spec['target'] ?? '')),
    )
    test.each(reaching.map((attempt, index) => ({ name: `inside-${index}`, ...attempt })))(
      'does not even begin with $by',
      async ({ name, spec, lists }) => {
        const task = await tried(name, { ...(lists && { serviceAccountName: 'lister' }), ...spec })
        expect(endOf(task)).toMatch(/^Stalled \((CrossNamespace|ProtectedNamespace)\)$/)
        expect(task.status?.runCount ?? 0).toBe(0)
      },
    )

    test('works on his own, by its name as well', async () => {
      const task = await tried('at-home', {
        operation: { restart: { names: [OWN] } },
        target: { namespaces: [TENANT] },
      })
      expect(endOf(task)).toBe('Succeeded (Completed)')
    })

    test('made no request elsewhere', () => {
      const since = requests(began)
      const onTargets = since.filter(({ impersonatedUser }) => impersonatedUser)
      expect(sorted(onTargets.map(({ objectRef }) => objectRef?.namespace ?? 'all'))).toEqual([TENANT])
      expect(since.filter(({ requestURI }) => requestURI.includes(VICTIM))).toEqual([])
    })
  })

  /** Makes a task of the tenant's, asks for a run, and waits until it has ended or is known not to begin. */
  async function tried(name: string, spec: object): Promise<ScheduledTask> {
    await api.createTask(TENANT, name, spec)
    await api.annotate(TENANT, name, { 'rota.dev/run': '1' })
    return api.untilTask(TENANT, name, 'has come to its end', task => ended(task) || isStalled(task), 40_000)
  }

  async function forge(name: string, status: object): Promise<void> {
    const patch = ['--subresource=status', '--type=merge', '-p', JSON.stringify({ status })]
    await cluster.kubectl(['patch', 'scheduledtask', name, '-n', TENANT, ...patch])
  }

  /** All that the victim has, and the namespace itself, with versions; of Deployments what is not their controller's. */
  async function belongings(): Promise<readonly string[]> {
    const { items } = await get<{ items: readonly Named[] }>(cluster, KINDS, VICTIM)
    const namespace = await get<Named>(cluster, `namespace ${VICTIM}`)
    return [...items, namespace].map(({ kind, metadata }) => {
      const { name, resourceVersion, generation, annotations, labels } = metadata
      const version = kind === 'Deployment' ? JSON.stringify([generation, annotations, labels]) : resourceVersion
      return `${kind} ${name} ${version}`
    })
  }

  /** Deployments of the victim that their controller has not looked at yet. */
  async function restless(): Promise<readonly string[]> {
    const { items } = await get<{ items: readonly Named[] }>(cluster, 'deployments', VICTIM)
    const isNew = ({ metadata, status }: Named) => status?.observedGeneration !== metadata.generation
    return items.filter(isNew).map(({ metadata }) => metadata.name)
  }

  /** Of the operator, those that the API server received since then. */
  function requests(since: number): readonly AuditEvent[] {
    const all = readAuditLog(cluster.auditLog ?? '').filter(({ user }) => user.username === OPERATOR)
    return all.filter(({ requestReceivedTimestamp }) => Date.parse(requestReceivedTimestamp) >= since)
  }

  function onBehalf(): readonly AuditEvent[] {
    return requests(beginning).filter(({ impersonatedUser }) => impersonatedUser)
  }
})

interface Named {
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly resourceVersion: string
    readonly generation?: number
    readonly annotations?: object
    readonly labels?: object
  }
  readonly status?: { readonly observedGeneration?: number }
}

function plain(field: string): string {
  return field.replace(/(\[\]|\{\})$/, '')
}

function ended({ status }: ScheduledTask): boolean {
  return status?.lastResult !== undefined && !status.activeRun
}

function isStalled({ status }: ScheduledTask): boolean {
  return status?.phase === 'Stalled'
}

/** `Failed (Forbidden)`, `Stalled (InvalidSpec)`. */
function endOf({ status }: ScheduledTask): string {
  const stalled = status?.conditions?.find(({ type, status: is }) => type === 'Stalled' && is === 'True')
  if (stalled) return `Stalled (${stalled.reason})`
  return `${status?.lastResult} (${status?.history?.[0]?.resultReason})`
}

const RBAC = 'rbac.authorization.k8s.io'

function victim(): readonly object[] {
  const named = (kind: string, name: string, more: object = {}) => ({
    apiVersion: 'v1',
    kind,
    metadata: { name, namespace: VICTIM },
    ...more,
  })
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: VICTIM } },
    ...[CROWN, JEWEL].flatMap(name => [
      named('ConfigMap', name, { data: { by: 'victim' } }),
      named('Secret', name, { stringData: { word: JEWEL } }),
    ]),
    named('ServiceAccount', 'boss'),
    binding('ClusterRoleBinding', 'boss', 'cluster-admin', VICTIM, 'boss'),
  ]
}

/** He rules in his own namespace; `lister` may list namespaces besides. */
function tenant(): readonly object[] {
  const role = (name: string, rule: object) => ({
    apiVersion: `${RBAC}/v1`,
    kind: 'ClusterRole',
    metadata: { name },
    rules: [{ apiGroups: [''], resources: ['namespaces'], ...rule }],
  })
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: TENANT } },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: OWN, namespace: TENANT }, data: { by: 'tenant' } },
    role('namespace-lister', { verbs: ['list'] }),
    role('tenant-maker', { verbs: ['get', 'patch', 'create'], resourceNames: [TENANT] }),
    ...['rota', 'lister'].flatMap(name => [
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace: TENANT } },
      binding('RoleBinding', name, 'admin', TENANT, name),
    ]),
    binding('ClusterRoleBinding', 'namespace-lister', 'namespace-lister', TENANT, 'lister'),
    binding('ClusterRoleBinding', 'tenant-maker', 'tenant-maker', TENANT, 'rota'),
  ]
}

function almighty(): readonly object[] {
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'operator', namespace: 'default' } },
    binding('ClusterRoleBinding', 'operator', 'cluster-admin', 'default', 'operator'),
  ]
}

function binding(kind: string, name: string, role: string, namespace: string, account: string): object {
  return {
    apiVersion: `${RBAC}/v1`,
    kind,
    metadata: { name, ...(kind === 'RoleBinding' && { namespace }) },
    roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: role },
    subjects: [{ kind: 'ServiceAccount', name: account, namespace }],
  }
}
