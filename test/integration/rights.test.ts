import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { until } from '../cluster/until.ts'
import { type Api, apiOf, cronJob, daemonSet, deployment, statefulSet } from '../harness/api.ts'
import { type AuditEvent, readAuditLog } from '../harness/audit.ts'
import { createNamespace, sharedCluster, usesExistingCluster } from '../harness/cluster.ts'
import { startOperator, type TestOperator } from '../harness/operator.ts'

const cluster = sharedCluster()
const RBAC = 'deploy/rbac'

const OPERATIONS = {
  sleep: { sleep: {} },
  wake: { wake: {} },
  scale: { scale: { names: ['web'], replicas: 4 } },
  restart: { restart: {} },
} as const
const NAMES = Object.keys(OPERATIONS) as (keyof typeof OPERATIONS)[]

// Not on somebody else's cluster: it would be an installation.
describe.skipIf(usesExistingCluster)('the shipped rights', () => {
  let api: Api
  let operator: TestOperator | undefined
  let namespace: string
  let other: string

  beforeAll(async () => {
    api = await apiOf(cluster)
    // Not the policies: they are for all namespaces, and other tests write tasks as the administrator meanwhile.
    const files = ['controller', 'operations', 'impersonation'].flatMap(name => ['-f', `${RBAC}/${name}.yaml`])
    await cluster.kubectl(['apply', ...files])
    namespace = await createNamespace(cluster, 'rights')
    other = await createNamespace(cluster, 'no-rights')
    for (const home of [namespace, other]) {
      await api.create('deployments', home, deployment('web', 2))
      await api.create('statefulsets', home, statefulSet('db', 1))
      await api.create('daemonsets', home, daemonSet('agent'))
      await api.create('cronjobs', home, cronJob('report'))
    }
    operator = await startOperator({
      kubeconfig: await cluster.kubeconfigForServiceAccount('rota-system', 'rota'),
      namespaces: [namespace, other],
      flags: { 'leader-elect': 'true', 'insecure-local': 'false' },
    })
  })
  afterAll(() => operator?.stop())

  test.each(NAMES)('%s succeeds with an account that has its role and nothing else', async name => {
    await account(namespace, name)
    const binding = ['create', 'rolebinding', name, `--clusterrole=rota:${name}`]
    await cluster.kubectl([...binding, `--serviceaccount=${namespace}:${name}`, '-n', namespace])
    await api.createTask(namespace, name, { serviceAccountName: name, operation: OPERATIONS[name] })
    const status = await run(namespace, name, 'now')
    expect(status).toMatchObject({
      lastResult: 'Succeeded',
      lastMessage: expect.stringMatching(/^(slept|woke|scal|rest)/),
    })
  })

  test('a task that is deleted wakes what it has put to sleep', async () => {
    await run(namespace, 'sleep', 'again')
    await api.delete('scheduledtasks', namespace, 'sleep')
    await until('the task is gone', async () => !(await taskNames()).includes('sleep'))
    expect((await api.get('deployments', namespace, 'web')).spec.replicas).toBe(4)
  })

  test('who may not read the metrics is told so', async () => {
    const url = `http://127.0.0.1:${operator?.port}/metrics`
    expect((await fetch(url)).status).toBe(401)
    const { stdout } = await cluster.kubectl(['create', 'token', 'wake', '-n', namespace])
    expect((await fetch(url, { headers: { authorization: `Bearer ${stdout.trim()}` } })).status).toBe(403)
  })

  test('everything that Rota did is allowed by its role, and everything in its role was used', async () => {
    const used = await until('the audit log has the reviews', ownRequests, events =>
      events.some(({ objectRef }) => objectRef?.resource === 'subjectaccessreviews'),
    )
    expect(used.filter(({ responseStatus }) => responseStatus?.code === 403)).toEqual([])
    const rights = new Set(used.filter(({ objectRef }) => objectRef?.resource).map(rightOf))
    // Only after a lost write: seldom, and not at will.
    rights.add('get scheduledtasks.rota.dev')
    expect([...rights].sort()).toEqual(shippedRights())
  })

  test.each(NAMES)('%s without rights fails, and its message has the line that grants them', async name => {
    await account(other, name)
    await api.createTask(other, name, { serviceAccountName: name, operation: OPERATIONS[name] })
    const refused = await run(other, name, 'first')
    const said = `ServiceAccount ${other}/${name} may not list deployments.apps in namespace ${other}`
    const subject = `--serviceaccount=${other}:${name}`
    const line = `kubectl create rolebinding ${name}-${name} -n ${other} --clusterrole=rota:${name} ${subject}`
    expect(refused).toMatchObject({ lastResult: 'Failed', lastMessage: expect.stringContaining(said) })
    expect(refused.history?.[0]).toMatchObject({ resultReason: 'Forbidden', attempts: 1, changed: 0 })
    expect(/kubectl [^;]+$/.exec(refused.lastMessage ?? '')?.[0]).toBe(line)

    await cluster.kubectl(line.split(' ').slice(1))
    expect(await run(other, name, 'second')).toMatchObject({ lastResult: 'Succeeded', errorCount: 1 })
  })

  test('an account that does not exist is refused, although it could be impersonated', async () => {
    await api.createTask(other, 'stranger', { serviceAccountName: 'stranger', operation: OPERATIONS.restart })
    const status = await run(other, 'stranger', 'now')
    expect(status.lastMessage).toContain(`ServiceAccount ${other}/stranger does not exist`)
    expect(status.history?.[0]?.resultReason).toBe('ServiceAccountNotFound')
  })

  async function account(home: string, name: string): Promise<void> {
    await cluster.kubectl(['create', 'serviceaccount', name, '-n', home])
  }

  /** Asks for a run and waits for its end. */
  async function run(home: string, name: string, token: string) {
    await api.annotate(home, name, { 'rota.dev/run': token })
    const { status } = await api.untilTask(
      home,
      name,
      `has run for ${token}`,
      task => task.status?.handled?.run === token && !task.status.activeRun,
    )
    if (!status) throw new Error('no status')
    return status
  }

  async function taskNames(): Promise<string[]> {
    return (await api.list('scheduledtasks', namespace)).map(({ metadata }) => metadata.name)
  }
})

function requests(): readonly AuditEvent[] {
  const user = 'system:serviceaccount:rota-system:rota'
  return readAuditLog(cluster.auditLog ?? '').filter(event => event.user.username === user)
}

/** In Rota's own name. */
function ownRequests(): readonly AuditEvent[] {
  return requests().filter(event => !event.impersonatedUser)
}

/** `update scheduledtasks/status.rota.dev`. */
function rightOf({ verb, objectRef = {} }: AuditEvent): string {
  const { resource, subresource, apiGroup } = objectRef
  return `${verb} ${resource}${subresource ? `/${subresource}` : ''}${apiGroup ? `.${apiGroup}` : ''}`
}

interface Role {
  readonly rules?: readonly {
    readonly apiGroups: readonly string[]
    readonly resources: readonly string[]
    readonly verbs: readonly string[]
  }[]
}

function shippedRights(): readonly string[] {
  const roles = parseAllDocuments(readFileSync(`${RBAC}/controller.yaml`, 'utf8')).map(text => text.toJS() as Role)
  const rules = roles.flatMap(role => role.rules ?? [])
  return rules
    .flatMap(({ apiGroups, resources, verbs }) =>
      apiGroups.flatMap(group =>
        resources.flatMap(name => verbs.map(verb => `${verb} ${name}${group && `.${group}`}`)),
      ),
    )
    .sort()
}
