import type { RequestOptions } from 'node:https'
import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls'
import { KubeConfig } from '@kubernetes/client-node'
import { Agent, type Dispatcher } from 'undici'
import { messageOf } from '../lib/text.ts'

/** Credentials can be rotated under way (token files, exec plugins): read again after this time. */
const CREDENTIALS_FOR = 10_000

/** Where the API server is, how to reach it and who we are. */
export interface Connection {
  readonly url: string
  /** Of the current context. */
  readonly namespace: string
  /** Rota's own requests, those of them that must not wait, those on targets, and watches: on one pool, each could leave no socket for the others. */
  readonly requests: Dispatcher
  readonly urgent: Dispatcher
  readonly targets: Dispatcher
  readonly watches: Dispatcher
  /** For others than ourselves: whatever we show to the API server of who we are is not shown here. */
  readonly others: Dispatcher
  headers(): Promise<Readonly<Record<string, string>>>
  close(): Promise<void>
}

/**
 * From a kubeconfig file, in this context or its current one; else as kubectl finds one (KUBECONFIG, ~/.kube/config, the pod's own account).
 * @throws Error that says what is wrong with the kubeconfig
 */
export async function connect(file: string | undefined, context?: string): Promise<Connection> {
  const config = load(file)
  if (context !== undefined) choose(config, context)
  const cluster = config.getCurrentCluster()
  if (!cluster)
    throw new Error(`the kubeconfig ${file ?? ''} has no cluster for its current context '${config.currentContext}'`)
  const options = await httpsOptions(config)
  const identity = {
    ...(options.cert && { cert: options.cert as string }),
    ...(options.key && { key: options.key as string }),
  }
  const trust = {
    ...(options.servername !== undefined && { servername: options.servername }),
    ...(options.rejectUnauthorized !== undefined && { rejectUnauthorized: options.rejectUnauthorized }),
  }
  const authorities = options.ca ? { ca: options.ca as string } : {}
  // One for all connections: else each of them parses the certificates for itself, 0.5 ms of each.
  const connect = { ...trust, secureContext: contextOf({ ...authorities, ...identity }, file) }
  const usual = {
    // With h2 a GOAWAY of the API server left requests hanging.
    allowH2: false,
    // Every request has a bound of its own, and so has the silence of a watch; to look here twice a second whether there is
    // one to end was most of what a process at rest did.
    headersTimeout: 0,
    bodyTimeout: 0,
    // The API server keeps idle connections for 90 s, what stands before it often for 60; a new one costs a run its first ms.
    keepAliveTimeout: 30_000,
  } as const
  const requests = new Agent({ ...usual, connect, connections: 64 })
  const urgent = new Agent({ ...usual, connect })
  // How many of these are in flight is limited before they come here.
  const targets = new Agent({ ...usual, connect })
  const watches = new Agent({ ...usual, connect })
  const others = new Agent({ ...usual, connect: { ...trust, ...authorities }, connections: 32 })
  let known: { readonly headers: Readonly<Record<string, string>>; readonly until: number } | undefined
  return {
    url: cluster.server.replace(/\/$/, ''),
    namespace: config.getContextObject(config.currentContext)?.namespace ?? 'default',
    requests,
    urgent,
    targets,
    watches,
    others,
    async headers() {
      if (!known || performance.now() > known.until) {
        const { headers } = await httpsOptions(config)
        known = {
          headers: (headers ?? {}) as Readonly<Record<string, string>>,
          until: performance.now() + CREDENTIALS_FOR,
        }
      }
      return known.headers
    },
    async close() {
      await Promise.all([requests.destroy(), urgent.destroy(), targets.destroy(), watches.destroy(), others.destroy()])
    },
  }
}

/** The same API server, in the name of whoever has this token, and with nothing else that could tell who it is. */
export function inNameOf(token: string, { url, namespace, others }: Connection): Connection {
  return {
    url,
    namespace,
    others,
    requests: others,
    urgent: others,
    targets: others,
    watches: others,
    headers: async () => ({ authorization: `Bearer ${token}` }),
    close: async () => undefined,
  }
}

/** What the client library takes when it has found no kubeconfig at all. */
const NOWHERE = 'http://localhost:8080'

function load(file: string | undefined): KubeConfig {
  const config = new KubeConfig()
  if (file === undefined) {
    config.loadFromDefault()
    if (config.getCurrentCluster()?.server !== NOWHERE) return config
    throw new Error('no kubeconfig found: give --kubeconfig FILE, set KUBECONFIG, or run in a pod')
  }
  try {
    config.loadFromFile(file)
    return config
  } catch (error) {
    throw new Error(`--kubeconfig=${file}: ${messageOf(error)}`)
  }
}

function choose(config: KubeConfig, context: string): void {
  if (!config.getContextObject(context)) {
    const names = config.getContexts().map(({ name }) => name)
    throw new Error(`--context=${context}: the kubeconfig has no such context; it has ${names.join(', ') || 'none'}`)
  }
  config.setCurrentContext(context)
}

function contextOf(certificates: SecureContextOptions, file: string | undefined): SecureContext {
  try {
    return createSecureContext(certificates)
  } catch (error) {
    throw new Error(`the certificates or the key in the kubeconfig ${file ?? ''} cannot be read: ${messageOf(error)}`)
  }
}

async function httpsOptions(config: KubeConfig): Promise<RequestOptions> {
  const options: RequestOptions = {}
  await config.applyToHTTPSOptions(options)
  if (options.auth) {
    const basic = Buffer.from(options.auth).toString('base64')
    options.headers = { ...(options.headers as Record<string, string>), Authorization: `Basic ${basic}` }
  }
  return options
}
