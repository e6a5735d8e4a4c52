import type { Context, Hono } from 'hono'
import { askedBy } from './asked.ts'
import { openApi, pathsOf } from './openapi.ts'
import type { Api } from './ports.ts'
import { Refusal, unavailable } from './problem.ts'
import { ROUTES, type Route } from './routes.ts'

/** More viewers than this are one too many for a process that has other things to do. */
const MOST_STREAMS = 250

/** The REST API under `/api`, and its description. @param closing ends streams */
export function serveRest(app: Hono, api: Api, closing: AbortSignal): void {
  const document = openApi(ROUTES, api.version)
  app.get('/api/openapi.json', context => context.json(document))
  const streams = new Set<object>()
  const served = ROUTES.flatMap(route => pathsOf(route).map((path, index) => ({ route, path: patternOf(path), index })))
  // A UID or a name with %2F in one part comes first: it would also match as a namespace.
  const inOrder = served.toSorted((a, b) => a.index - b.index)
  for (const { route, path } of inOrder) {
    app.on(route.method, path, context => answered(context, api, route, streams, closing))
  }
  const methods = Map.groupBy(inOrder, ({ path }) => path)
  for (const [path, routes] of methods) {
    const allowed = routes.map(({ route }) => route.method).join(', ')
    app.all(path, () => {
      throw new Refusal(405, `this address takes only ${allowed}`, { allow: allowed })
    })
  }
}

async function answered(
  context: Context,
  api: Api,
  route: Route,
  streams: Set<object>,
  closing: AbortSignal,
): Promise<Response> {
  const asked = await askedBy(context, api)
  if (!route.stream || context.req.method === 'HEAD') return context.json((await route.answer(asked)) as object)
  if (streams.size >= MOST_STREAMS)
    throw unavailable(`${MOST_STREAMS} streams are open, which is the most: close one, or ask for /api/tasks`, 10)
  const ended = () => void streams.delete(asked)
  // Others ask while it is looked whether this one may: its place is taken before that.
  streams.add(asked)
  const body = await route.stream(asked, closing, ended).catch((error: unknown) => {
    ended()
    throw error
  })
  // A proxy must not wait for more before it passes on what there is; a connection that outlives its stream would keep
  // a process from ending.
  const headers = { 'content-type': 'application/x-ndjson', 'x-accel-buffering': 'no', connection: 'close' }
  return context.body(body, 200, headers)
}

const HEX = '[0-9a-fA-F]'
const UID = [8, 4, 4, 4, 12].map(length => HEX.repeat(length)).join('-')
/** What stands for a task in one part of a path. */
const ONE_PART = `(?:${UID}|[^/]+%2[fF][^/]+)`

function patternOf(path: string): string {
  return path.replace('{id}', `:id{${ONE_PART}}`).replace('{namespace}/{name}', ':namespace/:name')
}
