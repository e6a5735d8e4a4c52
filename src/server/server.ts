import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { Hono, type MiddlewareHandler } from 'hono'
import { viewerOf } from './asked.ts'
import { refuseStrangers } from './guard.ts'
import { servePage } from './page.ts'
import type { Answers } from './ports.ts'
import { problemAnswer, Refusal } from './problem.ts'
import { serveRest } from './rest.ts'

export interface Listening {
  readonly port: number
  /** Ends streams, lets answers end that are under way, and closes what is left after a moment. */
  close(): Promise<void>
}

/** Whoever has not got an answer by then gets none. Milliseconds. */
const LAST_ANSWERS = 2000

/** One port for probes, metrics, the REST API and the dashboard. @throws Error when it cannot listen */
export function listen(port: number, host: string | undefined, answers: Answers): Promise<Listening> {
  const closing = new AbortController()
  const server = createAdaptorServer({ fetch: appOf(answers, closing.signal).fetch }) as Server
  return new Promise((resolve, reject) => {
    server.once('error', error => reject(new Error(`--port=${port}: ${error.message}`)))
    server.listen(port, host, () => {
      resolve({
        port: (server.address() as AddressInfo).port,
        async close() {
          closing.abort()
          const timer = setTimeout(() => server.closeAllConnections(), LAST_ANSWERS)
          await new Promise<void>(closed => server.close(() => closed()))
          clearTimeout(timer)
        },
      })
    })
  })
}

function appOf(answers: Answers, closing: AbortSignal): Hono {
  const { api } = answers
  const app = new Hono()
  app.use(withHeaders)
  app.onError(problemAnswer)
  app.notFound(() => problemAnswer(new Refusal(404, 'there is nothing at this address: see /api/openapi.json')))
  if (api.isLocal) {
    app.use(async (context, next) => {
      refuseStrangers(context)
      await next()
    })
  }
  app.get('/health', context => context.json(answers.health()))
  app.get('/healthz', context => {
    const problem = answers.notAlive()
    return problem === undefined ? context.text('ok\n') : context.text(`not alive: ${problem}\n`, 503)
  })
  app.get('/readyz', context => {
    const problem = answers.notReady()
    return problem === undefined ? context.text('ok\n') : context.text(`not ready: ${problem}\n`, 503)
  })
  app.get('/metrics', async context => {
    const viewer = await viewerOf(context, api)
    if (!(await viewer.may({ path: '/metrics' }))) throw new Refusal(403, 'you may not get /metrics')
    const { contentType, text } = await answers.metrics()
    return context.body(text, 200, { 'content-type': contentType })
  })
  serveRest(app, api, closing)
  if (answers.page) servePage(app, answers.page)
  return app
}

const HEADERS = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
}

/** What an answer does not say itself. */
const withHeaders: MiddlewareHandler = async (context, next) => {
  await next()
  for (const [name, value] of Object.entries(HEADERS)) {
    if (!context.res.headers.has(name)) context.res.headers.set(name, value)
  }
}
