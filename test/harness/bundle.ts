import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { until } from '../cluster/until.ts'

const program = fileURLToPath(new URL('../../dist/rota.js', import.meta.url))

export interface Bundle {
  readonly url: string
  /** SIGTERM; resolves with its exit status. */
  terminate(): Promise<number | null>
}

export interface BundleOptions {
  readonly kubeconfig: string
  readonly namespaces: readonly string[]
  /** The port to listen on; a free one unless told. */
  readonly port?: number
  /** Without a token everybody may do everything. */
  readonly asksForTokens: boolean
}

/** Starts dist/rota.js as users do, alone on a port, and waits until it is ready. */
export async function startBundle({ kubeconfig, namespaces, port = 0, asksForTokens }: BundleOptions): Promise<Bundle> {
  const flags = ['--kubeconfig', kubeconfig, '--port', String(port), '--leader-elect=false']
  const limits = namespaces.flatMap(namespace => ['--namespace', namespace])
  const local = asksForTokens ? [] : ['--insecure-local']
  const child = spawn(process.execPath, [program, 'controller', ...flags, ...local, ...limits], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const url = `http://127.0.0.1:${await portOf(child)}`
  await until('Rota is ready', async () => (await fetch(`${url}/readyz`)).ok, Boolean)
  return {
    url,
    terminate: async () => {
      const exited = once(child, 'exit')
      child.kill('SIGTERM')
      const [code] = (await exited) as [number | null]
      return code
    },
  }
}

/** The port that its log says it listens on; the log is read on, so that it can go on. */
function portOf(child: ChildProcess): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  child.once('exit', code => reject(new Error(`Rota ended with ${code} before it listened`)))
  if (child.stdout === null) throw new Error('the log of Rota is not to be read')
  createInterface({ input: child.stdout }).on('line', line => {
    const { port } = JSON.parse(line) as { readonly port?: number }
    if (port !== undefined) resolve(port)
  })
  return promise
}
