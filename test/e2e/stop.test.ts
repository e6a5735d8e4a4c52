import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { eventShape } from '../../src/server/shapes.ts'
import { apiOf, deployment } from '../harness/api.ts'
import { startBundle } from '../harness/bundle.ts'
import { createNamespace, sharedCluster } from '../harness/cluster.ts'
import { restart } from '../harness/proxied-operator.ts'

const cluster = sharedCluster()

test('SIGTERM ends Rota with status 0, whoever holds its connections open', async () => {
  const api = await apiOf(cluster)
  const namespace = await createNamespace(cluster, 'stop')
  await api.create('deployments', namespace, deployment('web', 1))
  await api.createTask(namespace, 'task', restart())
  const rota = await startBundle({ kubeconfig: cluster.kubeconfig, namespaces: [namespace], asksForTokens: false })
  const port = Number(new URL(rota.url).port)

  const followed = await fetch(`${rota.url}/api/tasks/watch`)
  const unread = await fetch(`${rota.url}/api/tasks/watch`)
  const idle = await fetch(`${rota.url}/healthz`)
  await idle.text()
  const halves = [
    'GET /api/tasks HTTP/1.1\r\nhost: localhost\r\n',
    `POST /api/tasks/${namespace}/task/hold HTTP/1.1\r\nhost: localhost\r\nx-rota-request: 1\r\ncontent-length: 100\r\n\r\n{`,
  ]
  for (const half of halves) {
    const socket = connect(port, '127.0.0.1')
    onTestFinished(() => void socket.destroy())
    socket.on('error', () => undefined)
    await once(socket, 'connect')
    socket.write(half)
  }

  const [status, text] = await Promise.all([rota.terminate(), followed.text()])
  expect(status).toBe(0)
  // What has been told was told to its end.
  const lines = text.trimEnd().split('\n')
  expect(lines.map(line => eventShape.parse(JSON.parse(line)).type)[0]).toBe('all')
  await unread.body?.cancel()
})
