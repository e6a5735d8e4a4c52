import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { OPERATIONS, type OperationName, type ScheduledTask, type Status } from '../../src/api/task.ts'
import { SCALED_OBJECTS } from '../builders/items.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { installCrds } from '../cluster/crds.ts'
import { until } from '../cluster/until.ts'
import { type Api, apiOf, cronJob, daemonSet, deployment, statefulSet } from '../harness/api.ts'
import { type AuditEvent, readAuditLog } from '../harness/audit.ts'
import { apply, startOwnCluster, usesExistingCluster } from '../harness/cluster.ts'
import { customKind, customObject } from '../harness/custom-kinds.ts'
import { startOperator, type TestOperator } from '../harness/operator.ts'
import { type Fate, type FaultProxy, startProxy } from '../harness/proxy.ts'
import { rightOf, rightsIn, sorted } from '../harness/rights.ts'
import { OLD, SCENARIOS } from './rights/scenarios.ts'

const RBAC = 'deploy/rbac'
const ROTA = 'system:serviceaccount:rota-system:rota'
const HOME = 'team-a'
/** May list namespaces, too. */
const CHOOSER = 'chooser'

const VARIANTS = [
  { variant: 'constrained', files: [RBAC], flags: [] },
  {
    variant: 'classic',
    files: [RBAC, `${RBAC}/classic`],
    // As before Kubernetes 1.36.
    flags: ['--feature-gates=ConstrainedImpersonation=false'],
  },
]

// On a cluster of its own, installed as a whole: the policies are for all namespaces.
describe.skipIf(usesExistingCluster).each(VARIANTS)('the shipped rights, $variant', ({ variant, files, flags }) => {
  const isConstrained = variant === 'constrained'
  let cluster: Cluster
  let api: Api
  let proxy: FaultProxy | undefined
  let operator: TestOperator | undefined

  beforeAll(async () => {
    cluster = await startOwnCluster({ apiServerFlags: flags })
    await installCrds(cluster)
    api = await apiOf(cluster)
    await cluster.kubectl(['apply', ...files.flatMap(file => ['-f', file])])
    await apply(cluster, [customKind(SCALED_OBJECTS), namespaceCalled(HOME), namespaceCalled(OLD)])
    await apply(cluster, [
      ...OPERATIONS.flatMap(name => bound(accountOf(name), name)),
      ...bound(CHOOSER, 'restart'),
      ...chooses(),
    ])
    await api.create('deployments', HOME, deployment('web', 3))
    await api.create('statefulsets', HOME, statefulSet('db', 1))
    await api.create('daemonsets', HOME, daemonSet('agent'))
    await api.create('cronjobs', HOME, cronJob('report'))
    await apply(cluster, [customObject(SCALED_OBJECTS, 'queue', { scaleTargetRef: { name: 'none' } })], HOME)
    const kubeconfig = await cluster.kubeconfigForServiceAccount('rota-system', 'rota')
    proxy = await startProxy({ ...cluster, kubeconfig })
    // The right to list is for API servers that cannot tell all there is by a watch.
    proxy.fate = ({ url }) => (url.includes('sendInitialEvents') ? { answer: 422 } : 'pass')
    operator = await startOperator({
      kubeconfig: proxy.kubeconfig,
      namespaces: [],
      flags: { 'leader-elect': 'true', 'insecure-local': 'false' },
    })
  })
  afterAll(async () => {
    await operator?.stop()
    await proxy?.close()
    await cluster?.stop()
  })

  describe('an account with the role of an operation and nothing else', () => {
    test.each(SCENARIOS)(
      'is enough for $name',
      async ({ name, account, spec, says, runs = 1, result = 'Succeeded' }) => {
        await api.createTask(HOME, name, { serviceAccountName: accountOf(account), ...spec })
        for (let time = 1; time <= runs; time++) {
          const status = await run(HOME, name, String(time))
          expect(status).toMatchObject({ lastResult: result, lastMessage: expect.stringMatching(says) })
        }
      },
    )

    test('is enough for a dry run, and for waking what a deleted task has put to sleep', async () => {
      const spec = { serviceAccountName: 'sleep', operation: { sleep: {} } }
      await api.createTask(HOME, 'try', { ...spec, dryRun: true })
      expect((await run(HOME, 'try', '1')).lastMessage).toMatch(/^dry run, nothing was changed: would have slept/)
      await api.createTask(HOME, 'off', spec)
      await run(HOME, 'off', '1')
      expect((await api.get('deployments', HOME, 'web')).spec.replicas).toBe(0)
      await api.delete('scheduledtasks', HOME, 'off')
      await until('the task is gone', async () => !(await taskNames()).includes('off'))
      expect((await api.get('deployments', HOME, 'web')).spec.replicas).toBe(2)
    })

    test('is enough in namespaces that labels choose, with the right to list these', async () => {
      const matchLabels = { 'kubernetes.io/metadata.name': HOME }
      const target = { namespaceSelector: { matchLabels } }
      await api.createTask(HOME, 'chosen', { serviceAccountName: CHOOSER, operation: { restart: {} }, target })
      expect((await run(HOME, 'chosen', '1')).history?.[0]).toMatchObject({ result: 'Succeeded', namespaces: [HOME] })
    })

    test.each(OPERATIONS)('uses all of it: %s', async name => {
      const role = rightsIn(`${RBAC}/operations.yaml`).get(`rota:${name}`)
      expect(sorted(asAccount(accountOf(name)).flatMap(accountRights))).toEqual(role)
    })
  })

  describe("Rota's own account", () => {
    test('reads a task again when the answer to its claim was lost', async () => {
      const fates: Fate[] = ['lose']
      if (proxy) proxy.fate = ({ url }) => (url.includes('/again/status') && fates.pop()) || 'pass'
      await api.createTask(HOME, 'again', { serviceAccountName: 'restart', operation: { restart: {} } })
      expect(await run(HOME, 'again', '1')).toMatchObject({ lastResult: 'Succeeded', runCount: 1 })
      expect(fates).toEqual([])
    })

    test('tells of a failure by an Event, and of the same one again by its count', async () => {
      await api.createTask(HOME, 'refused', { serviceAccountName: 'wake', operation: { restart: {} } })
      for (const token of ['1', '2']) expect(await run(HOME, 'refused', token)).toMatchObject({ lastResult: 'Failed' })
      const about = ({ requestURI, requestObject }: AuditEvent) =>
        /\/events/.test(requestURI) && /restart|count/i.test(JSON.stringify(requestObject))
      const told = await until(
        'the second is counted',
        () => own().filter(about),
        all => all.some(({ verb }) => verb === 'patch'),
      )
      expect(told.map(({ verb }) => verb)).toEqual(['create', 'patch'])
    })

    test('asks who reads the metrics, and whether they may', async () => {
      const url = `http://127.0.0.1:${operator?.port}/metrics`
      expect((await fetch(url)).status).toBe(401)
      const { stdout } = await cluster.kubectl(['create', 'token', 'wake', '-n', HOME])
      expect((await fetch(url, { headers: { authorization: `Bearer ${stdout.trim()}` } })).status).toBe(403)
    })

    test('was refused nothing, and has no right that it did not use', async () => {
      const used = await until('the audit log has the reviews', own, events =>
        events.some(({ objectRef }) => objectRef?.resource === 'subjectaccessreviews'),
      )
      expect(used.filter(({ responseStatus }) => responseStatus?.code === 403)).toEqual([])
      expect(sorted(used.flatMap(rightOf))).toEqual(sorted([...rightsIn(`${RBAC}/controller.yaml`).values()].flat()))
    })

    test('wrote nothing itself but status, its finalizer, its lease, Events and its questions', () => {
      const written = own().filter(({ verb }) => !['get', 'list', 'watch'].includes(verb))
      expect(sorted(written.flatMap(rightOf))).toEqual([
        'create events.events.k8s.io',
        'create leases.coordination.k8s.io',
        'create subjectaccessreviews.authorization.k8s.io',
        'create tokenreviews.authentication.k8s.io',
        'patch events.events.k8s.io',
        'patch scheduledtasks.rota.dev',
        'update leases.coordination.k8s.io',
        'update scheduledtasks/status.rota.dev',
      ])
      const isPatched = ({ verb, objectRef }: AuditEvent) =>
        verb === 'patch' && objectRef?.resource === 'scheduledtasks'
      const patches = written.filter(isPatched).map(({ requestObject }) => requestObject)
      const finalizers = expect.arrayContaining([])
      const metadata = { uid: expect.any(String), resourceVersion: expect.any(String), finalizers }
      expect(patches).toEqual(patches.map(() => ({ metadata })))
    })
  })

  describe('in the name of others', () => {
    test("every request was made as an account of the task's own namespace", () => {
      const users = sorted(onBehalf().map(({ impersonatedUser }) => impersonatedUser?.username ?? ''))
      expect(users).toEqual(sorted([...OPERATIONS.map(accountOf), CHOOSER].map(userOf)))
      const constraints = new Set(onBehalf().map(one => one.authenticationMetadata?.impersonationConstraint))
      expect([...constraints]).toEqual([isConstrained ? 'impersonate:serviceaccount' : undefined])
    })

    isConstrained &&
      test('nothing is allowed that the operations do not do', () => {
        const prefix = 'impersonate-on:serviceaccount:'
        const parts = [...rightsIn(`${RBAC}/impersonation.yaml`).values()].flat()
        const allowed = parts.filter(right => right.startsWith(prefix)).map(right => right.slice(prefix.length))
        expect(sorted(onBehalf().flatMap(rightOf))).toEqual(sorted(allowed))
      })
  })

  isConstrained ||
    test('say what is missing where constraints mean nothing', async () => {
      await cluster.kubectl(['delete', '-f', `${RBAC}/classic`])
      await api.createTask(HOME, 'older', { serviceAccountName: 'restart', operation: { restart: {} } })
      const { lastMessage, history } = await run(HOME, 'older', '1')
      const message = `Rota's own account may not act as ServiceAccount ${HOME}/restart`
      expect(lastMessage).toContain(message)
      expect(lastMessage).toMatch(new RegExp(`; to allow it: kubectl apply -f ${RBAC}/classic$`))
      expect(history?.[0]).toMatchObject({ resultReason: 'ImpersonationForbidden', attempts: 1 })
      await cluster.kubectl(['apply', '-f', `${RBAC}/classic`])
      expect(await run(HOME, 'older', '2')).toMatchObject({ lastResult: 'Succeeded' })
    })

  /** Asks for a run and waits for its end. */
  async function run(home: string, name: string, token: string): Promise<Status> {
    await api.annotate(home, name, { 'rota.dev/run': token })
    const isOver = ({ status }: ScheduledTask) => status?.handled?.run === token && !status.activeRun
    const { status } = await api.untilTask(home, name, `has run for ${token}`, isOver, 40_000)
    if (!status) throw new Error('no status')
    return status
  }

  async function taskNames(): Promise<string[]> {
    return (await api.list('scheduledtasks', HOME)).map(({ metadata }) => metadata.name)
  }

  function requests(): readonly AuditEvent[] {
    return readAuditLog(cluster.auditLog ?? '').filter(({ user }) => user.username === ROTA)
  }

  function own(): readonly AuditEvent[] {
    return requests().filter(({ impersonatedUser }) => !impersonatedUser)
  }

  function onBehalf(): readonly AuditEvent[] {
    return requests().filter(({ impersonatedUser }) => impersonatedUser)
  }

  function asAccount(name: string): readonly AuditEvent[] {
    return onBehalf().filter(({ impersonatedUser }) => impersonatedUser?.username === userOf(name))
  }
})

/** The account that has the role of an operation. */
function accountOf(operation: OperationName): string {
  return operation.toLowerCase()
}

function userOf(account: string): string {
  return `system:serviceaccount:${HOME}:${account}`
}

/** A server-side apply is a patch; where it creates, it takes that right as well. */
function accountRights(event: AuditEvent): readonly string[] {
  const isCreation = event.verb === 'patch' && event.responseStatus?.code === 201
  return [event, ...(isCreation ? [{ ...event, verb: 'create' }] : [])].flatMap(rightOf)
}

function namespaceCalled(name: string): object {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }
}

/** An account with the role of an operation: in its namespace, or in the cluster where no namespace can grant it. */
function bound(account: string, operation: OperationName): readonly object[] {
  const isOfCluster = operation === 'createNamespace' || operation === 'deleteNamespace'
  const binding = isOfCluster ? { kind: 'ClusterRoleBinding' } : { kind: 'RoleBinding' }
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: account, namespace: HOME } },
    grant(
      { ...binding, metadata: { name: account, ...(isOfCluster ? {} : { namespace: HOME }) } },
      `rota:${operation}`,
      account,
    ),
  ]
}

function chooses(): readonly object[] {
  const metadata = { name: CHOOSER }
  const rules = [{ apiGroups: [''], resources: ['namespaces'], verbs: ['list'] }]
  return [
    { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata, rules },
    grant({ kind: 'ClusterRoleBinding', metadata }, CHOOSER, CHOOSER),
  ]
}

function grant(binding: object, role: string, account: string): object {
  const apiGroup = 'rbac.authorization.k8s.io'
  return {
    apiVersion: `${apiGroup}/v1`,
    ...binding,
    roleRef: { apiGroup, kind: 'ClusterRole', name: role },
    subjects: [{ kind: 'ServiceAccount', name: account, namespace: HOME }],
  }
}
