import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, request as plainRequest, type ServerResponse } from 'node:http'
import { request as secureRequest } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { KubeConfig } from '@kubernetes/client-node'
import type { ClusterAccess } from '../cluster/access.ts'
import { writeKubeconfig } from '../cluster/kubeconfig.ts'

/** A request on its way from the operator to the API server. */
export interface Passing {
  readonly method: string
  readonly url: string
  readonly body: string
  /** As whom; '' when it is the operator itself. */
  readonly as: string
  /** The API server's, once there is one, whether or not the operator hears of it; its text only for writes. */
  answer?: { readonly status: number; text: string }
}

/**
 * What becomes of it. `answer`: the API server never sees it, unless `after`. `lose`: it is carried out, and the answer is
 * lost; `truncate`: half of it is; `losing`: it is, once this is done.
 */
export type Fate = 'pass' | 'reset' | 'lose' | 'truncate' | Answer | { readonly losing: () => Promise<void> }

interface Answer {
  readonly answer: number
  readonly headers?: Readonly<Record<string, string>>
  readonly after?: true
}

export interface FaultProxy {
  readonly kubeconfig: string
  /** Asked about every request; may take its time. */
  fate: (request: Passing) => Fate | Promise<Fate>
  /** What the API server is asked for instead. */
  rewrite: (url: string) => string
  readonly seen: Passing[]
  /** Breaks all connections, watches too. */
  reset(): void
  close(): Promise<void>
}

/** Stands between an operator and the real API server, and does to single requests what networks and servers do. */
export async function startProxy(cluster: ClusterAccess): Promise<FaultProxy> {
  const config = new KubeConfig()
  config.loadFromFile(cluster.kubeconfig)
  const ca = readFileSync(cluster.caFile)
  const seen: Passing[] = []
  const server = createServer((incoming, outgoing) => void handle(incoming, outgoing))

  async function handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks)
    const { method = '', url = '', headers } = incoming
    const request: Passing = { method, url, body: body.toString(), as: String(headers['impersonate-user'] ?? '') }
    seen.push(request)
    const fate = await proxy.fate(request)
    if (outgoing.destroyed) return
    if (fate === 'reset') return void incoming.socket.destroy()
    if (typeof fate === 'object' && 'answer' in fate && !fate.after)
      return void outgoing.writeHead(fate.answer, fate.headers).end('{}')
    forward(incoming, outgoing, request, body, fate)
  }

  function forward(
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    request: Passing,
    body: Buffer,
    fate: Fate,
  ): void {
    const { method, headers } = incoming
    const target = new URL(proxy.rewrite(request.url), cluster.url)
    const send = target.protocol === 'https:' ? secureRequest : plainRequest
    const onward = send(target, { method, ca, headers: { ...headers, host: target.host } }, answer => {
      const heard = { status: answer.statusCode ?? 0, text: '' }
      request.answer = heard
      const hear = (chunk: Buffer) => {
        heard.text += chunk.toString()
      }
      if (method !== 'GET') answer.on('data', hear)
      if (fate !== 'pass') {
        answer.resume().on('end', async () => {
          if (typeof fate === 'object' && 'losing' in fate) await fate.losing()
          else if (typeof fate === 'object') return void outgoing.writeHead(fate.answer, fate.headers).end('{}')
          if (fate === 'truncate') {
            const half = heard.text.slice(0, heard.text.length / 2)
            outgoing.writeHead(heard.status, { ...answer.headers, 'content-length': heard.text.length }).write(half)
          }
          incoming.socket.destroy()
        })
        return
      }
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    onward.on('error', () => incoming.socket.destroy())
    outgoing.on('close', () => onward.destroy())
    onward.end(body)
  }

  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const token = config.getCurrentUser()?.token ?? ''
  const { namespace } = config.getContextObject(config.currentContext) ?? {}
  const path = join(cluster.directory, 'kubeconfigs', `proxy-${port}`)
  const proxy: FaultProxy = {
    kubeconfig: writeKubeconfig(path, {
      url: `http://127.0.0.1:${port}`,
      caFile: cluster.caFile,
      token,
      ...(namespace && { namespace }),
    }),
    fate: () => 'pass',
    rewrite: url => url,
    seen,
    reset: () => server.closeAllConnections(),
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return proxy
}
