import { randomBytes } from 'node:crypto'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { until } from '../cluster/until.ts'
import { type Api, deployment } from '../harness/api.ts'
import { apply, createNamespace, sharedCluster, usesExistingCluster } from '../harness/cluster.ts'
import { narrowedPolicies } from '../harness/policies.ts'
import { bench, restart } from '../harness/proxied-operator.ts'
import type { Fate, Passing } from '../harness/proxy.ts'
import { call, problem } from '../harness/rest.ts'
import { accountWith } from '../harness/token.ts'

const cluster = sharedCluster()
const EDITS = ['get', 'list', 'watch', 'patch']

describe('the REST API refuses', () => {
  const { start, api: connect, behind } = bench()
  let api: Api
  beforeAll(async () => {
    api = await connect()
  })
  const withTokens = (namespace: string) => ({ namespaces: [namespace], flags: { 'insecure-local': 'false' } })

  // Not on somebody else's cluster: policies are for all namespaces, even if these are narrowed to one.
  test.skipIf(usesExistingCluster)('what a policy refuses: in its words, with what would help', async () => {
    const id = `rest-policies-${randomBytes(4).toString('hex')}`
    const namespace = await createNamespace(cluster, 'rest-policy', { labels: { [id]: 'yes' } })
    await api.create('deployments', namespace, deployment('web', 1))
    await api.createTask(namespace, 'task', restart())
    const token = await accountWith(cluster, namespace, 'editor', EDITS)
    const policies = narrowedPolicies(id).filter(({ metadata }) => metadata.name.includes('service-account'))
    onTestFinished(async () => {
      const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: policies })
      await cluster.kubectl(['delete', '--ignore-not-found', '-f', '-'], { input })
    })
    await apply(cluster, policies)
    const editor = `system:serviceaccount:${namespace}:editor`
    const asks = ['annotate', 'st', 'task', 'rota.dev/run=1', '--dry-run=server', `--as=${editor}`, '-n', namespace]
    await until('the policy is in force', async () => (await cluster.tryKubectl(asks)).stderr.includes(id))
    const operator = await start(withTokens(namespace))
    const path = `/api/tasks/${namespace}/task`
    const run = () => call(operator, `${path}/run`, { method: 'POST', token })
    await until('it knows', async () => (await call(operator, path, { token })).status === 200)
    expect(await problem(run())).toBe(
      `403 patch scheduledtasks.rota.dev in namespace ${namespace} was refused at admission: ` +
        `policy ${id}.scheduledtask-service-account.rota.dev: ` +
        `${editor} may not schedule work as ServiceAccount ${namespace}/rota: ` +
        'needs the verb use or impersonate on that serviceaccount (the edit role has impersonate)',
    )
    expect((await api.task(namespace, 'task')).status?.handled?.run).toBeUndefined()
    // What it says would help does help.
    const subject = `--serviceaccount=${namespace}:editor`
    await cluster.kubectl(['create', 'rolebinding', 'edit', '--clusterrole=edit', subject, '-n', namespace])
    await until('it is accepted', async () => (await run()).status === 200)
    await api.untilTask(namespace, 'task', 'has run', ({ status }) => status?.lastResult === 'Succeeded')
  })

  test('everything but what is open while it does not know all tasks: 503, and when to ask again', async () => {
    const namespace = await createNamespace(cluster, 'rest-unsynced')
    await api.createTask(namespace, 'task', restart())
    const token = await accountWith(cluster, namespace, 'editor', EDITS)
    const listed = Promise.withResolvers<Fate>()
    const isList = ({ method, url }: Passing) => method === 'GET' && url.includes('/scheduledtasks?')
    const operator = await start({
      ...withTokens(namespace),
      fate: request => (isList(request) ? listed.promise : 'pass'),
    })
    await until('it lists', () => behind().seen.some(isList))
    const path = `/api/tasks/${namespace}/task`
    for (const [method, address] of [
      ['GET', `/api/tasks?namespace=${namespace}`],
      ['GET', `/api/tasks/watch?namespace=${namespace}`],
      ['GET', path],
      ['POST', `${path}/run`],
    ] as const) {
      const answer = await call(operator, address, { method, token })
      expect(answer.headers.get('retry-after')).toBe('1')
      expect(await problem(Promise.resolve(answer))).toBe('503 not all tasks have been read yet: ask again in a moment')
    }
    expect((await call(operator, '/readyz')).status).toBe(503)
    expect(await problem(call(operator, path))).toMatch(/^401 /)
    expect((await call(operator, '/api/openapi.json')).status).toBe(200)
    listed.resolve('pass')
    await until('it knows', async () => (await call(operator, path, { token })).status === 200)
  })

  test('what the API server does not answer: 503, and not for ever', async () => {
    const namespace = await createNamespace(cluster, 'rest-away')
    await api.createTask(namespace, 'task', restart())
    const token = await accountWith(cluster, namespace, 'editor', EDITS)
    const operator = await start(withTokens(namespace))
    const path = `/api/tasks/${namespace}/task`
    await until('it knows', async () => (await call(operator, path, { token })).status === 200)
    behind().fate = ({ method, body }) => (method === 'PATCH' && body.includes('rota.dev/run') ? 'reset' : 'pass')
    const run = () => call(operator, `${path}/run`, { method: 'POST', token })
    expect(await problem(run())).toMatch(/^503 the API server did not answer \(patch scheduledtasks\.rota\.dev/)
    behind().fate = () => 'pass'
    expect((await run()).status).toBe(200)
  })
})
