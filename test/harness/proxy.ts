import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, request as plainRequest, type ServerResponse } from 'node:http'
import { request as secureRequest } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { KubeConfig } from '@kubernetes/client-node'
import type { ClusterAccess } from '../cluster/access.ts'
import { writeKubeconfig } from '../cluster/kubeconfig.ts'
import { statusFor } from './api-server-words.ts'

/** A request on its way from the operator to the API server. */
export interface Passing {
  readonly method: string
  readonly url: string
  readonly body: string
  /** As whom; '' when it is the operator itself. */
  readonly as: string
  /** The API server's, once there is one, whether or not the operator hears of it; of a watch without its text. */
  answer?: { readonly status: number; text: string }
}

/**
 * What becomes of it. `answer`: the API server never sees it, unless `after`. `lose`: it is carried out, and the answer is
 * lost; `truncate`: half of it is; `losing`: it is, once this is done; `late`: the connection is lost at once, and it is
 * carried out all the same, once this is done. Milliseconds: `delay` before it is sent on, `hang` before the connection
 * breaks without it.
 */
export type Fate =
  | 'pass'
  | 'reset'
  | 'lose'
  | 'truncate'
  | Answer
  | { readonly losing: () => Promise<void> }
  | { readonly late: () => Promise<void> }
  | { readonly delay: number }
  | { readonly hang: number }

interface Answer {
  readonly answer: number
  readonly headers?: Readonly<Record<string, string>>
  readonly after?: true
  /** The API server's own words unless told; a gateway has others. */
  readonly body?: string
}

/** What becomes of a line of a watch. `hang`: nothing more comes, and the connection stays; `lines`: they come instead. */
export type LineFate =
  | 'pass'
  | 'cut'
  | 'truncate'
  | 'hang'
  | { readonly lines: readonly string[]; readonly delay?: number }

export interface FaultProxy {
  readonly kubeconfig: string
  /** Asked about every request; may take its time. */
  fate: (request: Passing) => Fate | Promise<Fate>
  /** Asked about every line that a watch brings. */
  line: (line: string) => LineFate
  /** What the API server is asked for instead. */
  rewrite: (url: string) => string
  readonly seen: Passing[]
  /** Breaks all connections, watches too. */
  reset(): void
  close(): Promise<void>
}

export function isWatch({ url }: Pick<Passing, 'url'>): boolean {
  return /[?&]watch=/.test(url)
}

/** Stands between an operator and the real API server, and does to single requests what networks and servers do. */
export async function startProxy(cluster: ClusterAccess): Promise<FaultProxy> {
  const config = new KubeConfig()
  config.loadFromFile(cluster.kubeconfig)
  const ca = readFileSync(cluster.caFile)
  const seen: Passing[] = []
  const closed = new AbortController()
  const server = createServer((incoming, outgoing) => void handle(incoming, outgoing))

  async function handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks)
    const { method = '', url = '', headers } = incoming
    const request: Passing = { method, url, body: body.toString(), as: String(headers['impersonate-user'] ?? '') }
    seen.push(request)
    const fate = await proxy.fate(request)
    if (typeof fate === 'object') {
      if ('late' in fate) {
        incoming.socket.destroy()
        await fate.late()
      } else if ('hang' in fate) await pause(fate.hang)
      else if ('delay' in fate) await pause(fate.delay)
    }
    const isLate = typeof fate === 'object' && 'late' in fate
    if (outgoing.destroyed && !isLate) return
    if (fate === 'reset' || (typeof fate === 'object' && 'hang' in fate)) return void incoming.socket.destroy()
    if (typeof fate === 'object' && 'answer' in fate && !fate.after) return void say(outgoing, fate, request)
    forward(incoming, outgoing, request, body, fate)
  }

  function pause(milliseconds: number): Promise<void> {
    return after(milliseconds, undefined, { signal: closed.signal }).catch(() => undefined)
  }

  function say(outgoing: ServerResponse, { answer, headers, body }: Answer, request: Passing): void {
    outgoing
      .writeHead(answer, { 'content-type': 'application/json', ...headers })
      .end(body ?? (answer < 400 ? '{}' : statusFor(answer, request)))
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
      if (!isWatch(request)) {
        answer.on('data', (chunk: Buffer) => {
          heard.text += chunk.toString()
        })
      }
      if (fate !== 'pass' && !(typeof fate === 'object' && 'delay' in fate)) {
        answer.resume().on('end', async () => {
          if (typeof fate === 'object' && 'losing' in fate) await fate.losing()
          else if (typeof fate === 'object' && 'answer' in fate) return void say(outgoing, fate, request)
          if (fate === 'truncate') {
            const half = heard.text.slice(0, heard.text.length / 2)
            outgoing.writeHead(heard.status, { ...answer.headers, 'content-length': heard.text.length }).write(half)
          }
          incoming.socket.destroy()
        })
        return
      }
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      if (isWatch(request)) void relay(answer, outgoing)
      else answer.pipe(outgoing)
    })
    onward.on('error', () => incoming.socket.destroy())
    if (!(typeof fate === 'object' && 'late' in fate)) outgoing.on('close', () => onward.destroy())
    onward.end(body)
  }

  /** A watch, line by line. */
  async function relay(answer: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    outgoing.flushHeaders()
    let rest = ''
    try {
      for await (const chunk of answer.setEncoding('utf8')) {
        const lines = (rest + String(chunk)).split('\n')
        rest = lines.pop() ?? ''
        for (const line of lines) {
          const fate = proxy.line(line)
          if (fate === 'hang') return void answer.resume()
          if (fate === 'truncate') outgoing.write(line.slice(0, line.length / 2))
          if (fate === 'truncate' || fate === 'cut') return void setImmediate(() => outgoing.destroy())
          if (fate !== 'pass' && fate.delay !== undefined) await pause(fate.delay)
          for (const one of fate === 'pass' ? [line] : fate.lines) outgoing.write(`${one}\n`)
        }
      }
      outgoing.end()
    } catch {
      // Either side has gone.
      outgoing.destroy()
    }
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
    line: () => 'pass',
    rewrite: url => url,
    seen,
    reset: () => server.closeAllConnections(),
    close: () =>
      new Promise(resolve => {
        closed.abort()
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return proxy
}
