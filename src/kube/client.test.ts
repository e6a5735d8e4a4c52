import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { FakeClock } from '../../test/builders/fake-clock.ts'
import { Client } from './client.ts'
import { connect } from './connection.ts'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

/** A server that never answers a PATCH, and everything else at once. */
async function silentOnPatch(): Promise<{ readonly server: Server; readonly silent: () => number }> {
  let silent = 0
  const server = createServer((request, response) => {
    if (request.method === 'PATCH') silent++
    else response.end('{}')
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  ends.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return { server, silent: () => silent }
}

async function clientOf(server: Server): Promise<Client> {
  const folder = mkdtempSync(join(tmpdir(), 'rota-client-'))
  ends.push(() => rmSync(folder, { recursive: true }))
  const kubeconfig = join(folder, 'kubeconfig')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const named = {
    clusters: [{ name: 'c', cluster: { server: url, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'u', user: { token: 't' } }],
  }
  const contexts = [{ name: 'c', context: { cluster: 'c', user: 'u' } }]
  writeFileSync(
    kubeconfig,
    JSON.stringify({ apiVersion: 'v1', kind: 'Config', ...named, contexts, 'current-context': 'c' }),
  )
  const connection = await connect(kubeconfig)
  ends.push(() => connection.close())
  return new Client(connection, new FakeClock(0), () => undefined)
}

it('what Rota itself has to write does not wait for patches that get no answer, however many they are', async () => {
  const { server, silent } = await silentOnPatch()
  const client = await clientOf(server)
  const about = { verb: 'patch', resource: 'deployments.apps', path: '/x', body: {} } as const
  const stop = new AbortController()
  const patches = Array.from({ length: 100 }, () =>
    client.request({
      method: 'PATCH',
      ...about,
      as: { namespace: 'team-a', name: 'rota' },
      signal: stop.signal,
    }),
  )
  const all = Promise.allSettled(patches)
  expect(await client.request({ method: 'PUT', ...about, verb: 'update' })).toEqual({})
  await expect.poll(silent).toBe(100)
  expect(await client.request({ method: 'PUT', ...about, verb: 'update' })).toEqual({})
  stop.abort(new Error('enough'))
  expect((await all).every(({ status }) => status === 'rejected')).toBe(true)
})

it('what is urgent does not wait for what Rota itself has to write, however much that is', async () => {
  const { server, silent } = await silentOnPatch()
  const client = await clientOf(server)
  const about = { verb: 'patch', resource: 'scheduledtasks.rota.dev', path: '/x', body: {} } as const
  const stop = new AbortController()
  const patches = Array.from({ length: 100 }, () => client.request({ method: 'PATCH', ...about, signal: stop.signal }))
  const all = Promise.allSettled(patches)
  await expect.poll(silent).toBe(64)
  expect(await client.request({ method: 'PUT', ...about, verb: 'update', isUrgent: true })).toEqual({})
  expect(silent()).toBe(64)
  stop.abort(new Error('enough'))
  await all
})

it('a write that was sent is not taken back by what stops its attempt, only by who lets go of everything', async () => {
  const { server, silent } = await silentOnPatch()
  const client = await clientOf(server)
  const [stop, letGo] = [new AbortController(), new AbortController()]
  const patch = { method: 'PATCH', verb: 'patch', resource: 'deployments.apps', path: '/x', body: {} } as const
  const ended: string[] = []
  const send = (what: string, underWay?: AbortSignal) =>
    client.request({ ...patch, signal: stop.signal, ...(underWay && { underWay }) }).catch(() => ended.push(what))
  const both = [send('ends with the attempt'), send('ends when let go', letGo.signal)]
  await expect.poll(silent).toBe(2)
  stop.abort(new Error('cancelled'))
  await both[0]
  // What would have ended with the attempt has ended by then.
  await client.request({ ...patch, method: 'PUT', verb: 'update' })
  expect(ended).toEqual(['ends with the attempt'])
  letGo.abort(new Error('the lease is lost'))
  await both[1]
  expect(ended).toEqual(['ends with the attempt', 'ends when let go'])
})

it('does not send what must not be sent any more when its turn has come', async () => {
  const { server, silent } = await silentOnPatch()
  const client = await clientOf(server)
  const patch = { method: 'PATCH', verb: 'patch', resource: 'deployments.apps', path: '/x', body: {} } as const
  const onTurn = () => {
    throw new Error('leads no more')
  }
  await expect(client.request({ ...patch, onTurn })).rejects.toThrow('leads no more')
  expect(silent()).toBe(0)
})

it.each(['.', '..', '%2e', '.%2E', 'a%2Fb', '..%2f..', 'a%252Fb'])('goes to no path with %s in it', async part => {
  const { server } = await silentOnPatch()
  const client = await clientOf(server)
  const about = { verb: 'get', resource: 'namespaces' } as const
  const answer = (path: string) => client.request({ method: 'GET', ...about, path })
  await expect(answer(`/api/v1/namespaces/${part}`)).rejects.toThrow('is no path of the API server')
  await expect(answer(`/api/v1/namespaces/${part}/pods`)).rejects.toThrow('is no path of the API server')
  expect(await answer('/api/v1/namespaces/a..b%3Ac')).toEqual({})
})
