import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { pathsOf } from '../../src/server/openapi.ts'
import { ROUTES } from '../../src/server/routes.ts'
import type { WatchEvent } from '../../src/server/shapes.ts'
import { until } from '../cluster/until.ts'
import { type Api, apiOf, deployment } from '../harness/api.ts'
import { auditLogSize, readAuditLog } from '../harness/audit.ts'
import { createNamespace, sharedCluster, usesExistingCluster } from '../harness/cluster.ts'
import { ENDLESS } from '../harness/job-bench.ts'
import { startOperator, type TestOperator } from '../harness/operator.ts'
import { restart } from '../harness/proxied-operator.ts'
import { call, eventsOf, problem } from '../harness/rest.ts'
import { accountWith } from '../harness/token.ts'

const cluster = sharedCluster()

describe('the REST API', () => {
  let api: Api
  let namespace: string
  let operator: TestOperator
  let editor: string
  let reader: string
  let nobody: string
  const task = (name: string) => `/api/tasks/${namespace}/${name}`
  const get = async <T>(path: string, token = editor) => (await (await call(operator, path, { token })).json()) as T

  beforeAll(async () => {
    api = await apiOf(cluster)
    namespace = await createNamespace(cluster, 'rest')
    await api.create('deployments', namespace, deployment('web', 1))
    await api.createTask(namespace, 'restart', { title: 'Restart web', costCenter: 'cc-1', ...restart() })
    await api.createTask(namespace, 'nights', {
      schedule: '0 20 * * 1-5',
      timeZone: 'Europe/Berlin',
      operation: { sleep: { wakeSchedule: '0 7 * * 1-5' } },
    })
    editor = await accountWith(cluster, namespace, 'editor', ['get', 'list', 'watch', 'patch'])
    reader = await accountWith(cluster, namespace, 'reader', ['get', 'list'])
    nobody = await accountWith(cluster, namespace, 'nobody', [])
    operator = await startOperator({
      kubeconfig: cluster.kubeconfig,
      namespaces: [namespace],
      flags: { 'insecure-local': 'false' },
    })
    await api.annotate(namespace, 'restart', { 'rota.dev/run': 'first' })
    await api.untilTask(namespace, 'restart', 'ran', ({ status }) => status?.lastResult === 'Succeeded')
    await until(
      'known here too',
      async () => (await get<{ run_count: number }>(task('restart'))).run_count,
      n => n === 1,
    )
  }, 120_000)
  afterAll(() => operator?.stop())

  const gets = ROUTES.filter(({ method, stream }) => method === 'GET' && !stream).flatMap(route =>
    pathsOf(route).map(path => ({ path, shape: route.shape })),
  )
  test.each(gets)('GET $path answers with exactly its shape', async ({ path, shape }) => {
    const one = path
      .replace('{id}', `${namespace}%2Frestart`)
      .replace('{namespace}', namespace)
      .replace('{name}', 'restart')
    const answer = await call(operator, `${one}?namespace=${namespace}`, { token: editor })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    const body: unknown = await answer.json()
    const parsed = (shape as z.ZodType).safeParse(body)
    expect(parsed.error?.issues).toBeUndefined()
    expect(parsed.data).toEqual(body)
  })

  test('the OpenAPI document tells of all routes, and of nothing else', async () => {
    const { paths } = (await (await call(operator, '/api/openapi.json', { token: editor })).json()) as { paths: object }
    const told = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map(method => `${method} ${path}`),
    )
    const served = ROUTES.flatMap(route => pathsOf(route).map(path => `${route.method.toLowerCase()} ${path}`))
    expect(told.toSorted()).toEqual(served.toSorted())
  })

  test('a task by its name, by one part of the path, and by its UID is the same one', async () => {
    const { metadata } = await api.task(namespace, 'nights')
    const named = await get<{ uid: string; in_words: string }>(task('nights'))
    expect(named).toMatchObject({
      uid: metadata.uid,
      task_id: `${namespace}/nights`,
      operation_type: 'sleep',
      in_words: 'every weekday at 20:00 in Berlin; wakes every weekday at 07:00',
      status: 'Scheduled',
    })
    expect(await get(`/api/tasks/${namespace}%2Fnights`)).toMatchObject({ uid: metadata.uid })
    expect(await get(`/api/tasks/${metadata.uid}/actions`, reader)).toEqual({
      run: false,
      wake: false,
      cancel: false,
      hold: false,
    })
  })

  test('history has exactly the fields that are documented', async () => {
    expect(await get(`${task('restart')}/history`)).toEqual([
      {
        task_id: `${namespace}/restart`,
        title: 'Restart web',
        command: `restart deployment,statefulset,daemonset/web in namespace/${namespace}`,
        timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
        execution_time_seconds: expect.any(Number),
        success: true,
        output: expect.stringContaining('Deployment/web'),
        error: null,
        operation_type: 'restart',
        namespace,
        cost_center: 'cc-1',
      },
    ])
  })

  describe('who may what', () => {
    test.each([
      ['no token', '/api/tasks', () => undefined, /^401 a bearer token is needed/],
      ['a token of nobody', '/api/tasks', () => 'nonsense', /^401 the API server does not accept this token/],
      [
        'all namespaces',
        '/api/tasks',
        () => reader,
        /^403 you may not list the tasks of all namespaces: .*\?namespace=NAME$/,
      ],
      ['another namespace', '/api/tasks?namespace=default', () => reader, /^403 .* in namespace default$/],
      [
        'a name that is none',
        '/api/tasks?namespace=A',
        () => reader,
        /^400 namespace=A: must be the name of a namespace$/,
      ],
      ['a task of others', '/api/tasks/default/restart', () => reader, /^403 you may not read task default\/restart$/],
      [
        'no such UID',
        '/api/tasks/00000000-0000-0000-0000-000000000000',
        () => reader,
        /^403 you may not read task 0000/,
      ],
      ['metrics', '/metrics', () => reader, /^403 you may not get \/metrics$/],
    ])('%s is refused', async (_, path, token, words) => {
      expect(await problem(call(operator, path, { token: token() }))).toMatch(words)
    })

    test('whether a task exists is told to those who may read it', async () => {
      expect(await problem(call(operator, task('other'), { token: reader }))).toBe(
        `404 task ${namespace}/other does not exist`,
      )
      expect(await problem(call(operator, task('other'), { token: nobody }))).toMatch(/^403 /)
      expect(await problem(call(operator, task('restart'), { token: nobody }))).toMatch(/^403 /)
    })

    test('a 401 says how to log in', async () => {
      expect((await call(operator, '/api/tasks')).headers.get('www-authenticate')).toBe('Bearer')
    })

    test.each([
      ['GET', '/api/nothing', 404, null],
      ['POST', '/api/tasks', 405, 'GET'],
      ['GET', '/api/tasks/a/b/run', 405, 'POST'],
    ] as const)('%s %s is %i', async (method, path, status, allow) => {
      const answer = await call(operator, path, { method, token: editor })
      expect([answer.status, answer.headers.get('allow')]).toEqual([status, allow])
      expect(answer.headers.get('content-type')).toBe('application/problem+json')
    })

    test('tokens are in no line of the log', () => {
      expect(operator.lines.length).toBeGreaterThan(0)
      expect(operator.lines.filter(line => [editor, reader, nobody].some(token => line.includes(token)))).toEqual([])
    })
  })

  describe('requests', () => {
    test.skipIf(usesExistingCluster)('are made, and audited, as the caller', async () => {
      const { auditLog = '' } = cluster
      const start = auditLogSize(auditLog)
      const asked = (await (
        await call(operator, `${task('restart')}/run`, { method: 'POST', token: editor })
      ).json()) as { run_id: string; token: string }
      const done = await api.untilTask(
        namespace,
        'restart',
        'ran',
        ({ status }) => status?.handled?.run === asked.token && !status.activeRun,
      )
      expect(done.status?.history?.[0]).toMatchObject({ id: asked.run_id, reason: 'Request', result: 'Succeeded' })
      const change = await until(
        'the change is in the audit log',
        async () =>
          readAuditLog(auditLog, start).find(
            ({ verb, objectRef, requestObject }) =>
              verb === 'patch' &&
              objectRef?.resource === 'scheduledtasks' &&
              JSON.stringify(requestObject ?? {}).includes(asked.token),
          ),
        found => found !== undefined,
      )
      expect(change).toMatchObject({ user: { username: `system:serviceaccount:${namespace}:editor` } })
      expect(change?.impersonatedUser).toBeUndefined()
    })

    test.each([
      ['run', 'reader', () => reader],
      ['cancel', 'nobody', () => nobody],
    ])('%s is refused to %s by the API server', async (request, _, token) => {
      const answer = problem(call(operator, `${task('restart')}/${request}`, { method: 'POST', token: token() }))
      expect(await answer).toBe(`403 you may not patch scheduledtasks.rota.dev in namespace ${namespace}`)
    })

    test('a task that does not exist is not found, by the word of the API server', async () => {
      const path = task('other')
      expect(await problem(call(operator, `${path}/run`, { method: 'POST', token: editor }))).toMatch(/^404 /)
      expect(await problem(call(operator, `${path}/run`, { method: 'POST', token: nobody }))).toMatch(/^403 /)
    })

    test('what would have no effect is a conflict', async () => {
      const post = (path: string) => problem(call(operator, path, { method: 'POST', token: editor }))
      expect(await post(`${task('restart')}/cancel`)).toMatch(/^409 .* there is nothing to cancel$/)
      expect(await post(`${task('restart')}/wake`)).toMatch(/^409 .* runs restart, not sleep/)
    })

    test('a run that waits is cancelled', async () => {
      await api.createTask(namespace, 'stuck', { operation: { job: ENDLESS } })
      await until(
        'known',
        async () => (await call(operator, task('stuck'), { token: editor })).status,
        status => status === 200,
      )
      expect((await call(operator, `${task('stuck')}/run`, { method: 'POST', token: editor })).status).toBe(200)
      const answer = async () =>
        (await call(operator, `${task('stuck')}/cancel`, { method: 'POST', token: editor })).json()
      expect(await until('cancelled', answer, body => 'message' in (body as object))).toEqual({
        message: 'Task cancelled successfully',
      })
      await api.untilTask(namespace, 'stuck', 'handled', ({ status }) => status?.handled?.cancel !== undefined)
    })

    test('a hold begins, shows, and ends', async () => {
      const hold = (body: unknown) => call(operator, `${task('nights')}/hold`, { method: 'POST', token: editor, body })
      const day = new Date(Date.now() + 86_400_000).toISOString().replace(/\.\d+Z/, 'Z')
      expect(await (await hold({ until: day })).json()).toEqual({ message: `Held until ${day}` })
      const shown = async () => (await get<{ hold_until: string | null }>(task('nights'))).hold_until
      await until('it is held', shown, at => at === day)
      expect((await hold({ until: null })).status).toBe(200)
      await until('it is free', shown, at => at === null)
    })

    test.each<[unknown, RegExp]>([
      [{ until: 'tomorrow' }, /^400 until: 'tomorrow' must be an RFC 3339 time such as /],
      [{ until: '2020-01-01T00:00:00Z' }, /^400 until: 2020-01-01T00:00:00Z lies in the past$/],
      [{ until: '2036-01-01T00:00:00Z' }, /^400 .* 366 days at most/],
      [{ till: null }, /^400 the body must be \{"until": TIME\}/],
      [{ until: 'x'.repeat(5000) }, /^413 /],
    ])('a hold of %j says what is wrong', async (body, words) => {
      expect(await problem(call(operator, `${task('nights')}/hold`, { method: 'POST', token: editor, body }))).toMatch(
        words,
      )
    })
  })

  test('a watch tells all tasks, then each change, and that one is gone', async () => {
    const leave = new AbortController()
    const path = `/api/tasks/watch?namespace=${namespace}`
    const response = await fetch(`http://127.0.0.1:${operator.port}${path}`, {
      headers: { authorization: `Bearer ${reader}` },
      signal: leave.signal,
    })
    expect(response.headers.get('content-type')).toBe('application/x-ndjson')
    const stream = eventsOf(response)
    const next = async (accept: (event: WatchEvent) => boolean) => {
      for (;;) {
        const { value, done } = await stream.next()
        if (done) throw new Error('the stream has ended')
        if (accept(value)) return value
      }
    }
    const first = await next(({ type }) => type === 'all')
    const names = (first as { tasks?: { name: string }[] }).tasks?.map(({ name }) => name)
    expect(names).toEqual(expect.arrayContaining(['nights', 'restart']))
    await api.createTask(namespace, 'new', { operation: { restart: {} } })
    await next(event => event.type === 'put' && event.task.name === 'new' && event.task.status === 'Idle')
    await api.delete('scheduledtasks', namespace, 'new')
    await next(event => event.type === 'gone' && event.task_id === `${namespace}/new`)
    leave.abort()
  })

  test('streams and idle connections do not keep an operator from stopping', async () => {
    const other = await startOperator({
      kubeconfig: cluster.kubeconfig,
      namespaces: [namespace],
      flags: { 'insecure-local': 'false', 'leader-elect': 'true', identity: 'other' },
    })
    const response = await until(
      'it answers',
      () => call(other, `/api/tasks/watch?namespace=${namespace}`, { token: reader }),
      ({ status }) => status === 200,
    )
    const stream = eventsOf(response)
    expect((await stream.next()).value?.type).toBe('all')
    await other.stop()
    expect((await stream.next().catch(() => ({ done: true }))).done).toBe(true)
  })
})
