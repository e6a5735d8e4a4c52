import { FaultError } from '../api/fault.ts'
import { GROUP, isName, PLURAL } from '../api/names.ts'
import type { ScheduledTask } from '../api/task.ts'
import { Client } from '../kube/client.ts'
import { connect } from '../kube/connection.ts'
import { tasksPath } from '../kube/paths.ts'
import { unlessGone } from '../kube/unless-gone.ts'
import { messageOf } from '../lib/text.ts'
import { CommandError, type Io, misuse } from './io.ts'

/** Flags of every command that speaks to a cluster. */
export interface ClusterFlags {
  readonly kubeconfig?: string
  readonly context?: string
  readonly namespace?: string
  readonly output: string
}

/** The field manager of what the command line changes. */
const FIELD_MANAGER = 'rota-cli'

/** One ScheduledTask, read and changed with the caller's own rights. */
export interface TaskAccess {
  readonly namespace: string
  readonly name: string
  readonly key: string
  /** @throws CommandError */
  read(): Promise<ScheduledTask>
  /** `undefined` when there is none. @throws CommandError */
  find(): Promise<ScheduledTask | undefined>
  /** All tasks of a namespace, or of all. `undefined` when the caller may not list them. @throws CommandError */
  others(namespace: string | undefined): Promise<readonly ScheduledTask[] | undefined>
  /** A merge patch. @throws CommandError */
  patch(body: object): Promise<ScheduledTask>
  /** The task as it is now, and each time it changes, until the API server ends the watch. @throws CommandError */
  watch(signal: AbortSignal): AsyncGenerator<{ readonly type: string; readonly object: ScheduledTask }>
  close(): Promise<void>
}

/** A cluster, with the caller's own rights. */
export interface ClusterAccess {
  readonly client: Client
  /** Where names are looked for that come without a namespace. */
  readonly namespace: string
  close(): Promise<void>
}

/** @throws CommandError */
export async function clusterAccess(io: Io, flags: ClusterFlags): Promise<ClusterAccess> {
  const connection = await connected(flags)
  const client = new Client(connection, io.clock, () => undefined, { caller: 'You' })
  return { client, namespace: flags.namespace ?? connection.namespace, close: () => connection.close() }
}

/** @param given NAME, or namespace/name. @throws CommandError */
export async function taskAccess(io: Io, given: string, flags: ClusterFlags): Promise<TaskAccess> {
  const cluster = await clusterAccess(io, flags)
  return { ...taskIn(io, cluster, given, flags), close: cluster.close }
}

/** @param given NAME, or namespace/name. @throws CommandError */
export function taskIn(
  io: Io,
  { client, namespace: usual }: ClusterAccess,
  given: string,
  flags: Pick<ClusterFlags, 'namespace'>,
): Omit<TaskAccess, 'close'> {
  const parts = given.split('/')
  const [namespace, name] = parts.length === 2 ? parts : [usual, given]
  if (!isName(namespace) || !isName(name) || parts.length > 2)
    misuse(`'${given}' must be the name of a ScheduledTask, or namespace/name`)
  if (parts.length === 2 && flags.namespace !== undefined && flags.namespace !== namespace)
    misuse(`'${given}' and --namespace=${flags.namespace} name two namespaces`)
  const path = `${tasksPath(namespace)}/${name}`
  const about = { resource: `${PLURAL}.${GROUP}`, namespace, signal: io.signal } as const
  const key = `${namespace}/${name}`
  const get = () => client.request<ScheduledTask>({ method: 'GET', verb: 'get', path, ...about })
  return {
    namespace,
    name,
    key,
    read: () => explained(key, 'read', get()),
    find: () => explained(key, 'read', unlessGone(get())),
    others: of => tasksIn(io, client, of),
    patch: body => {
      const query = { fieldManager: FIELD_MANAGER }
      return explained(key, 'change', client.request({ method: 'PATCH', verb: 'patch', path, body, query, ...about }))
    },
    async *watch(signal) {
      const query = { watch: '1', fieldSelector: `metadata.name=${name}`, timeoutSeconds: '60' }
      const request = { method: 'GET', verb: 'watch', path: tasksPath(namespace), query, ...about, signal } as const
      for await (const line of client.lines(request)) if (line !== '') yield JSON.parse(line)
    },
  }
}

/** All tasks of a namespace, or of all; `undefined` when the caller may not list them. @throws CommandError */
export async function tasksIn(
  { signal }: Pick<Io, 'signal'>,
  client: Client,
  namespace: string | undefined,
): Promise<readonly ScheduledTask[] | undefined> {
  const request = {
    method: 'GET',
    verb: 'list',
    path: tasksPath(namespace),
    resource: `${PLURAL}.${GROUP}`,
    signal,
  } as const
  try {
    return (await client.request<{ items: ScheduledTask[] }>(request)).items
  } catch (error) {
    if (!(error instanceof FaultError)) throw error
    const { reason, message } = error.fault
    if (reason === 'Forbidden') return undefined
    // The cluster does not know the kind yet.
    if (reason === 'NotFound') return []
    throw new CommandError(message)
  }
}

async function connected({ kubeconfig, context }: ClusterFlags) {
  try {
    return await connect(kubeconfig, context)
  } catch (error) {
    throw new CommandError(messageOf(error))
  }
}

/** The words of a fault are the operator's; the same in the words of whoever sits at the terminal. */
async function explained<T>(key: string, verb: 'read' | 'change', request: Promise<T>): Promise<T> {
  try {
    return await request
  } catch (error) {
    if (error instanceof FaultError) throw new CommandError(wordsFor(key, verb, error))
    throw error
  }
}

function wordsFor(key: string, verb: 'read' | 'change', { fault }: FaultError): string {
  switch (fault.reason) {
    case 'NotFound':
      return `ScheduledTask ${key} does not exist: see kubectl get scheduledtasks -A`
    case 'Forbidden':
      return `you may not ${verb} ScheduledTask ${key}: ask for a role with ${verb === 'read' ? 'get, list and watch' : 'patch'} on ${PLURAL}.${GROUP}`
    case 'AdmissionRefused':
      return `ScheduledTask ${key}: ${fault.message}`
    default:
      return fault.message
  }
}
