import type { Context } from 'hono'
import { isName } from '../api/names.ts'
import type { Task } from '../decide/task.ts'
import type { Api, Viewer } from './ports.ts'
import { badRequest, Refusal, unauthorized, unavailable } from './problem.ts'

/** A body holds a time, at most. Bytes. */
const MOST_BODY = 4096

/** How a request names a task: `namespace/name`, or a UID. */
type Id = { readonly namespace: string; readonly name: string } | { readonly uid: string }

/** One request, by somebody whom the API server knows. */
export interface Asked {
  readonly api: Api
  readonly viewer: Viewer
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal
  /** The parameter `namespace`, if the caller may list the tasks there, or all of them. @throws Refusal */
  listable(): Promise<string | undefined>
  /** Whether the caller may list the tasks of all namespaces. @throws Refusal */
  seesAll(): Promise<boolean>
  /** The task, if the caller may read it. @throws Refusal */
  readable(): Promise<Task>
  /** Which task is to be changed: the API server itself says whether the caller may, and whether it exists. @throws Refusal */
  changeable(): Promise<Changeable>
  query(name: string): string | undefined
  /** @throws Refusal */
  json(): Promise<unknown>
}

export interface Changeable {
  readonly namespace: string
  readonly name: string
  /** As it was seen last; a task that is newer than that is none here. */
  readonly seen: Task | undefined
}

/** @throws Refusal when it is not known who asks, or what there is */
export async function askedBy(context: Context, api: Api): Promise<Asked> {
  const viewer = await viewerOf(context, api)
  if (!api.isSynced()) throw unavailable('not all tasks have been read yet: ask again in a moment')
  const asked: Asked = {
    api,
    viewer,
    signal: context.req.raw.signal,
    async listable() {
      const namespace = context.req.query('namespace')
      if (namespace !== undefined && !isName(namespace))
        throw badRequest(`namespace=${namespace}: must be the name of a namespace`)
      if (await viewer.may({ verb: 'list', ...(namespace !== undefined && { namespace }) })) return namespace
      throw namespace === undefined
        ? new Refusal(
            403,
            'you may not list the tasks of all namespaces: name one that you may list, with ?namespace=NAME',
          )
        : new Refusal(403, `you may not list scheduledtasks.rota.dev in namespace ${namespace}`)
    },
    seesAll: () => viewer.may({ verb: 'list' }),
    async readable() {
      const id = idOf(context)
      const task = find(api, id)
      const place = 'uid' in id ? task && { namespace: task.namespace, name: task.name } : id
      // Who may not read a task is not told either whether it exists.
      if (!(await viewer.may({ verb: 'get', ...place }))) throw new Refusal(403, `you may not read task ${said(id)}`)
      if (!task) throw unknown(id)
      return task
    },
    async changeable() {
      const id = idOf(context)
      const seen = find(api, id)
      if (!('uid' in id)) return { ...id, seen }
      const { namespace, name } = await asked.readable()
      return { namespace, name, seen }
    },
    query: name => context.req.query(name),
    json: () => jsonOf(context),
  }
  return asked
}

/** @throws Refusal when it is nobody whom the API server knows */
export async function viewerOf(context: Context, api: Pick<Api, 'viewer'>): Promise<Viewer> {
  const given = context.req.header('authorization')
  const token = /^Bearer ([\x21-\x7e]+)$/i.exec(given ?? '')?.[1]
  const viewer = await api.viewer(token)
  if (viewer) return viewer
  throw unauthorized(
    token === undefined
      ? 'a bearer token is needed: Authorization: Bearer TOKEN, as kubectl create token makes one'
      : 'the API server does not accept this token: it may have expired',
  )
}

function find({ tasks }: Api, id: Id): Task | undefined {
  if (!('uid' in id)) return tasks.get(`${id.namespace}/${id.name}`)
  for (const task of tasks.all()) if (task.uid === id.uid) return task
  return undefined
}

/** @throws Refusal for what can be no task */
function idOf(context: Context): Id {
  const { id, namespace, name } = context.req.param() as Readonly<Record<string, string>>
  const [first, second] = id === undefined ? [namespace, name] : id.split('/')
  if (id !== undefined && second === undefined) return { uid: id }
  if (isName(first) && isName(second)) return { namespace: first, name: second }
  throw new Refusal(404, `${first}/${second} is no task: write namespace/name, or a UID`)
}

function unknown(id: Id): Refusal {
  return new Refusal(404, `task ${said(id)} does not exist`)
}

function said(id: Id): string {
  return 'uid' in id ? id.uid : `${id.namespace}/${id.name}`
}

async function jsonOf(context: Context): Promise<unknown> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of context.req.raw.body ?? []) {
    size += part.length
    if (size > MOST_BODY) throw new Refusal(413, `the body has more than ${MOST_BODY} bytes`)
    parts.push(part)
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString('utf8'))
  } catch {
    throw badRequest('the body must be JSON, such as {"until": "2026-11-25T22:00:00Z"}')
  }
}
