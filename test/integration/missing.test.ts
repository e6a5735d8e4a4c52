import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { FaultError } from '../../src/api/fault.ts'
import { Client } from '../../src/kube/client.ts'
import { type Connection, connect } from '../../src/kube/connection.ts'
import { systemClock } from '../../src/system-clock.ts'
import { answerOf } from '../harness/answer.ts'
import { statusFor } from '../harness/api-server-words.ts'
import { createNamespace, sharedCluster } from '../harness/cluster.ts'

const cluster = sharedCluster()
const APPS = '/apis/apps/v1/namespaces'
const CORE = '/api/v1/namespaces'
const ROTA = '/apis/rota.dev/v1alpha1/namespaces'
const EVENTS = '/apis/events.k8s.io/v1/namespaces'
const deployments = { kind: 'Deployment', group: 'apps', version: 'v1', plural: 'deployments' }

describe('what the API server says of what is not there', () => {
  let connection: Connection
  let client: Client
  let home: string
  beforeAll(async () => {
    connection = await connect(cluster.kubeconfig)
    client = new Client(connection, systemClock(), () => undefined)
    home = await createNamespace(cluster, 'missing')
  })
  afterAll(() => connection?.close())

  const gone = { class: 'Gone', reason: 'NotFound' }
  const notServed = { class: 'Transient', reason: 'NotFound' }
  const web = (namespace: string) => ({ kind: deployments, namespace, name: 'web' })
  const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web' } }
  const apply = 'application/apply-patch+yaml'

  test.each([
    ['an object', 'GET', 'get', APPS, 'deployments/web', 'deployments.apps', gone],
    ['the scale of an object', 'GET', 'get', APPS, 'deployments/web/scale', 'deployments.apps/scale', gone],
    ['what is to be changed', 'PATCH', 'patch', APPS, 'deployments/web', 'deployments.apps', gone],
    ['what is to be deleted', 'DELETE', 'delete', APPS, 'deployments/web', 'deployments.apps', gone],
    ['an account', 'GET', 'get', CORE, 'serviceaccounts/web', 'serviceaccounts', gone],
    ['the logs of a pod', 'GET', 'get', CORE, 'pods/web/log', 'pods/log', gone],
    ['a task', 'GET', 'get', ROTA, 'scheduledtasks/web', 'scheduledtasks.rota.dev', gone],
    ['an Event', 'PATCH', 'patch', EVENTS, 'events/web', 'events.events.k8s.io', gone],
    ['a kind of a group that there is', 'GET', 'list', APPS, 'things', 'things.apps', notServed],
    ['a kind of a group of CustomResourceDefinitions', 'GET', 'list', ROTA, 'things', 'things.rota.dev', notServed],
    ['a group', 'GET', 'list', '/apis/example.com/v1/namespaces', 'things', 'things.example.com', notServed],
  ] as const)('%s', async (_, method, verb, root, what, resource, expected) => {
    const path = `${root}/${home}/${what}`
    const body = method === 'PATCH' ? { metadata: {} } : undefined
    const target = resource.startsWith('deployments') ? { target: web(home) } : {}
    const asked = client.request({ method, verb, path, resource, namespace: home, body, ...target })
    const { fault } = await asked.then(
      () => Promise.reject(new Error('it is there')),
      (error: FaultError) => error,
    )
    expect(fault).toMatchObject(expected)
  })

  test.each([
    ['made', 'POST', 'create', 'configmaps', undefined],
    ['applied', 'PATCH', 'patch', 'configmaps/web', apply],
  ] as const)('a namespace in which something is to be %s', async (_, method, verb, what, contentType) => {
    const namespace = `${home}-not`
    const about = { path: `${CORE}/${namespace}/${what}`, resource: 'configmaps', namespace, body: configMap }
    const asked = client.request({ method, verb, ...about, ...(contentType && { contentType }) })
    await expect(asked).rejects.toMatchObject({ fault: { class: 'Gone', reason: 'NamespaceNotFound' } })
  })

  test.each([
    ['GET', `${APPS}/default/deployments/web`],
    ['GET', `${CORE}/default/serviceaccounts/web`],
    ['GET', `${CORE}/not-there`],
    ['GET', `${ROTA}/default/scheduledtasks/web`],
    ['GET', `${APPS}/default/things`],
    ['POST', `${CORE}/not-there/configmaps`],
  ] as const)('is what the fault proxy says: %s %s', async (method, path) => {
    const { body } = await answerOf(connection, { method, path, ...(method === 'POST' && { body: configMap }) })
    const { kind, reason, details, code } = body as Record<string, unknown>
    expect(JSON.parse(statusFor(404, { method, url: path }))).toMatchObject({ kind, reason, details, code })
  })
})
