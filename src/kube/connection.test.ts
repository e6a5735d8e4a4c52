import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TLSSocket } from 'node:tls'
import { afterEach, expect, it } from 'vitest'

import { FakeClock } from '../../test/builders/fake-clock.ts'
import { Client } from './client.ts'
import { connect, inNameOf } from './connection.ts'

/** Good for this test only: server, client and authority in one. */
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgBCZMrpuH8NcKCWo0
oxQbUayCP61U9FU60/blJRjBAlehRANCAAR37JA6P08sjXBP6rVSeZKIanyi5tRk
9Ry+0FjR55HuWxh0z3xOdqgcHBqYjfebkrewReRtZ/6mcdMERa7ZyWVH
-----END PRIVATE KEY-----
`
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBlDCCATqgAwIBAgIUNa/34L2G1j4DGWw9Xtx09rgfIe8wCgYIKoZIzj0EAwIw
FjEUMBIGA1UEAwwLcm90YS1pdHNlbGYwIBcNMjYxMTI1MTc1NjU4WhgPMjEyNjEx
MDExNzU2NThaMBYxFDASBgNVBAMMC3JvdGEtaXRzZWxmMFkwEwYHKoZIzj0CAQYI
KoZIzj0DAQcDQgAEd+yQOj9PLI1wT+q1UnmSiGp8oubUZPUcvtBY0eeR7lsYdM98
TnaoHBwamI33m5K3sEXkbWf+pnHTBEWu2cllR6NkMGIwHQYDVR0OBBYEFOHm3gJ8
2+9PzN9sNiGAd5yU58OEMB8GA1UdIwQYMBaAFOHm3gJ82+9PzN9sNiGAd5yU58OE
MA8GA1UdEwEB/wQFMAMBAf8wDwYDVR0RBAgwBocEfwAAATAKBggqhkjOPQQDAgNI
ADBFAiEA+tZgHmSs0Cjdr2/PzdgXqhhhAaNdicg2HHWhwuMb2JUCIDcNo7Fcicqk
6PEqZk8AjhgV7AJ23MAvyIVqMjUvvZi3
-----END CERTIFICATE-----
`

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

/** An API server that says by which name a client certificate and an authorization have reached it. */
async function server(): Promise<string> {
  const options = { key: KEY, cert: CERTIFICATE, ca: CERTIFICATE, requestCert: true, rejectUnauthorized: false }
  const made = createServer(options, (request, response) => {
    const { subject } = (request.socket as TLSSocket).getPeerCertificate()
    response.end(
      JSON.stringify({ certificate: subject?.CN ?? null, authorization: request.headers.authorization ?? null }),
    )
  })
  made.listen(0, '127.0.0.1')
  await once(made, 'listening')
  ends.push(() => made.close())
  return `https://127.0.0.1:${(made.address() as AddressInfo).port}`
}

/** A file that says so. */
function kubeconfig(server: string, certificate: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'rota-connection-'))
  ends.push(() => rmSync(directory, { recursive: true }))
  const base64 = (text: string) => Buffer.from(text).toString('base64')
  const cluster = { server, 'certificate-authority-data': base64(CERTIFICATE) }
  const user = { 'client-certificate-data': base64(certificate), 'client-key-data': base64(KEY) }
  const file = join(directory, 'kubeconfig')
  const named = { clusters: [{ name: 'a', cluster }], users: [{ name: 'a', user }] }
  const contexts = [{ name: 'a', context: { cluster: 'a', user: 'a' } }]
  writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'Config', 'current-context': 'a', ...named, contexts }))
  return file
}

it('shows nothing of its own to the API server when it speaks for others: no certificate, no other token', async () => {
  const connection = await connect(kubeconfig(await server(), CERTIFICATE))
  ends.push(() => connection.close())
  const asked = (by: typeof connection) =>
    new Client(by, new FakeClock(0), () => undefined).request({
      method: 'GET',
      verb: 'get',
      path: '/api',
      resource: 'x',
    })
  expect(await asked(connection)).toEqual({ certificate: 'rota-itself', authorization: null })
  expect(await asked(inNameOf('of-jane', connection))).toEqual({ certificate: null, authorization: 'Bearer of-jane' })
})

it('says that it is the kubeconfig whose certificate cannot be read', async () => {
  const file = kubeconfig('https://127.0.0.1:1', 'no certificate')
  await expect(connect(file)).rejects.toThrow(
    `the certificates or the key in the kubeconfig ${file} cannot be read: error:0480006C:PEM routines::no start line`,
  )
})
