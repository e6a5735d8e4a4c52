import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { Hono } from 'hono'
import { type PageFiles, servePage } from './page.ts'

/** What the server answers from. */
export interface Answers {
  /** Why this process should be started again, or `undefined`: not because the API server is away, which that cannot mend. */
  notAlive(): string | undefined
  /** Why this process is not ready to work, or `undefined`. */
  notReady(): string | undefined
  health(): object
  metrics(): Promise<{ readonly contentType: string; readonly text: string }>
  /** Whether the bearer of this token may read this path; `undefined`: everybody may (`--insecure-local`). */
  readonly authorize: ((token: string | undefined, path: string) => Promise<200 | 401 | 403>) | undefined
  readonly page: PageFiles | undefined
}

export interface Listening {
  readonly port: number
  close(): Promise<void>
}

/** One port for probes and metrics. @throws Error when it cannot listen */
export function listen(port: number, host: string | undefined, answers: Answers): Promise<Listening> {
  const app = new Hono()
  if (answers.page) servePage(app, answers.page)
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
    const token = /^Bearer (.+)$/.exec(context.req.header('authorization') ?? '')?.[1]
    const allowed = (await answers.authorize?.(token, '/metrics')) ?? 200
    if (allowed === 401) return context.text('a bearer token that the API server accepts is needed\n', 401)
    if (allowed === 403) return context.text('this account may not get /metrics\n', 403)
    const { contentType, text } = await answers.metrics()
    return context.body(text, 200, { 'content-type': contentType })
  })
  const server = createAdaptorServer({ fetch: app.fetch })
  return new Promise((resolve, reject) => {
    server.once('error', error => reject(new Error(`--port=${port}: ${error.message}`)))
    server.listen(port, host, () => {
      resolve({
        port: (server.address() as AddressInfo).port,
        close: () => new Promise(closed => server.close(() => closed())),
      })
    })
  })
}
