import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { OPERATIONS, type OperationName, type Status } from '../../src/api/task.ts'
import { ROLLOUTS } from '../builders/items.ts'
import { until } from '../cluster/until.ts'
import { shipRoles, type } from '../harness/accounts.ts'
import { type Api, apiOf, deployment, statefulSet } from '../harness/api.ts'
import { apply, createNamespace, get, sharedCluster, usesExistingCluster } from '../harness/cluster.ts'
import { customKind, customObject } from '../harness/custom-kinds.ts'
import { startOperator, type TestOperator } from '../harness/operator.ts'

const cluster = sharedCluster()
const RBAC = 'deploy/rbac'

// Not on somebody else's cluster: it would be an installation.
describe.skipIf(usesExistingCluster)('a refusal of the API server', () => {
  let api: Api
  let operator: TestOperator | undefined
  let home: string
  let old: string

  beforeAll(async () => {
    api = await apiOf(cluster)
    // Not the policies: they are for all namespaces, and other tests write tasks as the administrator meanwhile.
    const files = ['controller', 'impersonation'].flatMap(name => ['-f', `${RBAC}/${name}.yaml`])
    await shipRoles(cluster)
    await cluster.kubectl(['apply', ...files])
    await apply(cluster, [customKind(ROLLOUTS)])
    home = await createNamespace(cluster, 'refused')
    old = await createNamespace(cluster, 'old')
    await api.create('deployments', home, deployment('web', 2))
    await api.create('statefulsets', home, statefulSet('db', 1))
    operator = await startOperator({
      kubeconfig: await cluster.kubeconfigForServiceAccount('rota-system', 'rota'),
      namespaces: [home],
      flags: { 'insecure-local': 'false' },
    })
  })
  afterAll(() => operator?.stop())

  const SPECS: Readonly<
    Record<OperationName, () => { operation: object; target?: { namespaces: readonly string[] } }>
  > = {
    sleep: () => ({ operation: { sleep: {} } }),
    wake: () => ({ operation: { wake: {} } }),
    scale: () => ({ operation: { scale: { names: ['web'], replicas: 4 } } }),
    restart: () => ({ operation: { restart: {} } }),
    cleanup: () => ({ operation: { cleanup: { kinds: ['Pod', 'Job'], olderThanSeconds: 86_400 } } }),
    createNamespace: () => ({ operation: { createNamespace: {} }, target: { namespaces: [`${home}-new`] } }),
    deleteNamespace: () => ({ operation: { deleteNamespace: { confirm: [old] } }, target: { namespaces: [old] } }),
    patch: () => ({ operation: { patch: { kind: 'Deployment', names: ['web'], patch: '{spec: {paused: true}}' } } }),
    apply: () => ({ operation: { apply: { manifests: '{apiVersion: v1, kind: ConfigMap, metadata: {name: one}}' } } }),
    job: () => ({ operation: { job: { image: 'example.invalid/backup:1' } } }),
  }

  test.each(OPERATIONS)('of %s names verb, resource and account, and the line that grants the right', async name => {
    const account = await newAccount(name.toLowerCase())
    const refused = await ranNew(account, SPECS[name]())
    expect(refused.lastMessage).toContain(`ServiceAccount ${home}/${account} may not `)
    expect(refused.history?.[0]).toMatchObject({ resultReason: 'Forbidden', attempts: 1, changed: 0 })
    const line = lineIn(refused)
    const { target } = SPECS[name]()
    const role = target ? `${home}-${account}-${name}-${target.namespaces[0]}` : `rota:${name}`
    expect(line).toContain(` --clusterrole=${role} --serviceaccount=${home}:${account}`)
    await type(cluster, line)
    expect(await run(account, 'second')).toMatchObject({ lastResult: 'Succeeded', errorCount: 1 })
  })

  test('of the choice of namespaces has the line too', async () => {
    const account = await newAccount('chooser')
    await type(
      cluster,
      `kubectl create rolebinding chooser -n ${home} --clusterrole=rota:restart --serviceaccount=${home}:chooser`,
    )
    const target = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': home } } }
    const refused = await ranNew(account, { operation: { restart: {} }, target })
    expect(refused.lastMessage).toContain(`ServiceAccount ${home}/chooser may not list namespaces`)
    await type(cluster, lineIn(refused))
    expect(await run(account, 'second')).toMatchObject({ lastResult: 'Succeeded' })
  })

  test('of a kind that Rota may not work on for anybody says so, and then whether the account may', async () => {
    const account = await newAccount('roller')
    await apply(cluster, [customObject(ROLLOUTS, 'canary', { replicas: 3 })], home)
    const operation = { scale: { kinds: ['Rollout.argoproj.io'], names: ['canary'], replicas: 1 } }
    const first = await ranNew(account, { operation })
    expect(first.lastMessage).toContain(
      `Rota's own account may not list rollouts.argoproj.io in the name of others, whatever ServiceAccount ${home}/roller may`,
    )
    expect(first.history?.[0]).toMatchObject({ resultReason: 'ImpersonationForbidden', attempts: 1 })
    await type(cluster, lineIn(first))
    await until('the role has been added up', rulesOfImpersonation, rules => rules.includes('rollouts/scale'))

    const second = await run(account, 'second')
    expect(second.lastMessage).toContain(`ServiceAccount ${home}/roller may not list rollouts.argoproj.io`)
    expect(second.history?.[0]).toMatchObject({ resultReason: 'Forbidden', attempts: 1 })
    await type(cluster, lineIn(second))

    expect(await run(account, 'third')).toMatchObject({ lastResult: 'Succeeded', lastMessage: 'scaled 1 Rollout' })
    const { spec } = await get<{ spec: object }>(cluster, 'rollouts canary', home)
    expect(spec).toEqual({ replicas: 1 })
  })

  test('of an operation that was taken away says what would bring it back', async () => {
    const account = await newAccount('waiter')
    await type(
      cluster,
      `kubectl create rolebinding waiter -n ${home} --clusterrole=rota:job --serviceaccount=${home}:waiter`,
    )
    await cluster.kubectl(['delete', 'clusterrole', 'rota:impersonation:job'])
    await until('the role has been added up', rulesOfImpersonation, rules => !rules.includes('pods/log'))
    const refused = await ranNew(account, SPECS.job())
    // To get Jobs is a part of apply too.
    expect(refused.lastMessage).toContain("Rota's own account may not create jobs.batch in the name of others")
    await type(cluster, lineIn(refused))
    await until('the role has been added up', rulesOfImpersonation, rules => rules.includes('pods/log'))
    expect(await run(account, 'second')).toMatchObject({ lastResult: 'Succeeded' })
  })

  test('of an account that Rota may not be says so; it may be those of single namespaces', async () => {
    const account = await newAccount('hidden')
    await type(
      cluster,
      `kubectl create rolebinding hidden -n ${home} --clusterrole=rota:restart --serviceaccount=${home}:hidden`,
    )
    await cluster.kubectl(['delete', 'clusterrole', 'rota:impersonation:accounts'])
    const isGone = (rules: string) => !rules.includes('"impersonate:serviceaccount"')
    await until('the role has been added up', rulesOfImpersonation, isGone)
    const refused = await ranNew(account, SPECS.restart())
    expect(refused.lastMessage).toContain(`Rota's own account may not act as ServiceAccount ${home}/hidden`)
    expect(lineIn(refused)).toBe('kubectl apply -f deploy/rbac/impersonation.yaml')
    await apply(cluster, actingAsAccounts(), home)
    expect(await run(account, 'second')).toMatchObject({ lastResult: 'Succeeded' })
    await type(cluster, lineIn(refused))
  })

  test('is not needed for an account that does not exist, although it could be impersonated', async () => {
    const status = await ranNew('stranger', SPECS.restart())
    expect(status.lastMessage).toContain(`ServiceAccount ${home}/stranger does not exist`)
    expect(status.history?.[0]?.resultReason).toBe('ServiceAccountNotFound')
  })

  async function newAccount(name: string): Promise<string> {
    await cluster.kubectl(['create', 'serviceaccount', name, '-n', home])
    return name
  }

  /** The first run of a task that is called after its account. */
  async function ranNew(account: string, spec: object): Promise<Status> {
    await api.createTask(home, account, { serviceAccountName: account, ...spec })
    const status = await run(account, 'first')
    expect(status.lastResult).toBe('Failed')
    return status
  }

  /** Asks for a run and waits for its end. */
  async function run(name: string, token: string): Promise<Status> {
    await api.annotate(home, name, { 'rota.dev/run': token })
    const { status } = await api.untilTask(
      home,
      name,
      `has run for ${token}`,
      task => task.status?.handled?.run === token && !task.status.activeRun,
      40_000,
    )
    if (!status) throw new Error('no status')
    return status
  }

  async function rulesOfImpersonation(): Promise<string> {
    return JSON.stringify(await get(cluster, 'clusterrole rota:impersonation'))
  }
})

/** That Rota may be the accounts of one namespace. */
function actingAsAccounts(): readonly object[] {
  const apiGroup = 'rbac.authorization.k8s.io'
  const about = { apiVersion: `${apiGroup}/v1`, metadata: { name: 'rota-acts' } }
  const groups = ['authentication.k8s.io']
  const rules = [{ apiGroups: groups, resources: ['serviceaccounts'], verbs: ['impersonate:serviceaccount'] }]
  const subjects = [{ kind: 'ServiceAccount', name: 'rota', namespace: 'rota-system' }]
  const roleRef = { apiGroup, kind: 'Role', name: 'rota-acts' }
  return [
    { ...about, kind: 'Role', rules },
    { ...about, kind: 'RoleBinding', roleRef, subjects },
  ]
}

/** What a message says is to be typed. */
function lineIn({ lastMessage = '' }: Status): string {
  return /to allow it: ([^;]+)/.exec(lastMessage)?.[1] ?? ''
}
