import { FaultError } from '../api/fault.ts'
import { GROUP, PLURAL } from '../api/names.ts'
import type { ScheduledTask } from '../api/task.ts'
import { Client } from '../kube/client.ts'
import { connect } from '../kube/connection.ts'
import { tasksPath } from '../kube/paths.ts'
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
  /** All tasks of a namespace, or of all. `undefined` when the caller may not list them. @throws CommandError */
  others(namespace: string | undefined): Promise<readonly ScheduledTask[] | undefined>
  /** A merge patch. @throws CommandError */
  patch(body: object): Promise<ScheduledTask>
  /** The task as it is now, and each time it changes, until the API server ends the watch. @throws CommandError */
  watch(signal: AbortSignal): AsyncGenerator<{ readonly type: string; readonly object: ScheduledTask }>
  close(): Promise<void>
}

/** @param given NAME, or namespace/name. @throws CommandError */
export async function taskAccess(io: Io, given: string, flags: ClusterFlags): Promise<TaskAccess> {
  const connection = await connected(flags)
  const client = new Client(connection, io.clock, () => undefined, { caller: 'You' })
  const parts = given.split('/')
  const [namespace, name] = parts.length === 2 ? parts : [flags.namespace ?? connection.namespace, given]
  if (!isName(namespace) || !isName(name) || parts.length > 2)
    misuse(`'${given}' must be the name of a ScheduledTask, or namespace/name`)
  if (parts.length === 2 && flags.namespace !== undefined && flags.namespace !== namespace)
    misuse(`'${given}' and --namespace=${flags.namespace} name two namespaces`)
  const path = `${tasksPath(namespace)}/${name}`
  const about = { resource: `${PLURAL}.${GROUP}`, namespace, signal: io.signal } as const
  const key = `${namespace}/${name}`
  return {
    namespace,
    name,
    key,
    read: () => explained(key, 'read', client.request({ method: 'GET', verb: 'get', path, ...about })),
    others: async of => {
      try {
        const list = {
          method: 'GET',
          verb: 'list',
          path: tasksPath(of),
          resource: about.resource,
          signal: io.signal,
        } as const
        return (await client.request<{ items: ScheduledTask[] }>(list)).items
      } catch (error) {
        if (error instanceof FaultError && error.fault.reason === 'Forbidden') return undefined
        return explained(key, 'read', Promise.reject(error))
      }
    },
    patch: body => {
      const query = { fieldManager: FIELD_MANAGER }
      return explained(key, 'change', client.request({ method: 'PATCH', verb: 'patch', path, body, query, ...about }))
    },
    async *watch(signal) {
      const query = { watch: '1', fieldSelector: `metadata.name=${name}`, timeoutSeconds: '60' }
      const request = { method: 'GET', verb: 'watch', path: tasksPath(namespace), query, ...about, signal } as const
      for await (const line of client.lines(request)) if (line !== '') yield JSON.parse(line)
    },
    close: () => connection.close(),
  }
}

function isName(text: string | undefined): text is string {
  return /^[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?$/.test(text ?? '')
}

async function connected({ kubeconfig, context }: ClusterFlags) {
  try {
    return await connect(kubeconfig, context)
  } catch (error) {
    throw new CommandError(error instanceof Error ? error.message : String(error))
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
