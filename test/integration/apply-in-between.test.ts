import { beforeAll, describe, expect, test } from 'vitest'
import { until } from '../cluster/until.ts'
import type { Api } from '../harness/api.ts'
import { applyBench, configMap, reallyWrites } from '../harness/apply-bench.ts'
import { sharedCluster, usesExistingCluster } from '../harness/cluster.ts'
import type { Passing } from '../harness/proxy.ts'

const cluster = sharedCluster()

// Not on somebody else's cluster: it would be an installation.
describe.skipIf(usesExistingCluster)('apply, when something comes in between', () => {
  const {
    behind,
    start,
    gate,
    api: connect,
    home,
    createTask,
    request,
    ran,
    end,
    stored,
    names,
    applyAs,
    edit,
  } = applyBench()
  let api: Api
  beforeAll(async () => {
    api = await connect()
  })

  test('one that fails after all were tried out: the others are applied, and it is said which', async () => {
    const namespace = await home()
    await start({ namespaces: [namespace] })
    behind().fate = request => (reallyWrites(request) && request.url.includes('/b?') ? { answer: 422 } : 'pass')
    await createTask(namespace, [configMap('a'), configMap('b'), configMap('c')])
    const { history } = await ran(namespace)
    expect(history?.[0]).toMatchObject({ result: 'Failed', resultReason: 'Invalid', changed: 2, attempts: 1 })
    expect(history?.[0]?.error).toBe(`patch ConfigMap ${namespace}/b is not valid: Unprocessable Entity`)
    expect(await names(namespace)).toEqual(['a', 'c'])
  })

  test('an answer that is lost: applied once, and reported as done', async () => {
    const namespace = await home()
    await start({ namespaces: [namespace] })
    let lost = 0
    behind().fate = request => (reallyWrites(request) && lost++ === 0 ? 'lose' : 'pass')
    await createTask(namespace, [configMap('a')], { retry: { attempts: 2, delaySeconds: 0 } })
    expect(await ran(namespace)).toMatchObject({
      lastResult: 'Succeeded',
      lastMessage: 'applied 1 ConfigMap',
      history: [{ attempts: 2, changed: 1, output: 'ConfigMap/a: done in an earlier attempt' }],
    })
    expect(behind().seen.filter(reallyWrites)).toHaveLength(1)
  })

  test('an operator that is stopped in mid-run: the next one does the rest, and leaves what others have changed since', async () => {
    const namespace = await home()
    const first = await start({ namespaces: [namespace], flags: { 'shutdown-grace': '0' } })
    const proxy = behind()
    proxy.fate = request =>
      reallyWrites(request) && request.url.includes('/b?') ? new Promise(() => undefined) : 'pass'
    await createTask(namespace, [configMap('a'), configMap('b')])
    await request(namespace)
    await until('the first is there', async () => (await names(namespace)).includes('a'))
    await first.stop()
    await proxy.close()
    await api.patch('configmaps', namespace, 'a', { data: { level: 'mine' } })
    await start({ namespaces: [namespace] })
    expect(await end(namespace)).toMatchObject({
      lastResult: 'Succeeded',
      lastMessage: 'applied 2 ConfigMaps',
      runCount: 1,
      history: [{ output: 'ConfigMap/a: done in an earlier attempt\nConfigMap/b: created' }],
    })
    expect((await stored(namespace, 'configmap a')).data).toEqual({ level: 'mine' })
  })

  test('what others change between trial and write is tried out again', async () => {
    const namespace = await home()
    await applyAs('team', namespace, configMap('a', { other: 'kept' }))
    await start({ namespaces: [namespace] })
    const { waiting, open } = gate(reallyWrites)
    await createTask(namespace, [configMap('a')])
    await request(namespace)
    await until('the write waits', () => waiting.length === 1)
    await applyAs('team', namespace, configMap('a', { other: 'kept', level: 'theirs' }))
    open()
    expect(await end(namespace)).toMatchObject({
      lastResult: 'Failed',
      lastMessage: expect.stringContaining('team manages data.level'),
    })
    expect((await stored(namespace, 'configmap a')).data).toEqual({ other: 'kept', level: 'theirs' })
  })

  test('what others make between trial and write is tried out again, and force takes over only what it says then', async () => {
    const namespace = await home()
    await start({ namespaces: [namespace] })
    const { waiting, open } = gate(reallyWrites)
    await createTask(namespace, [])
    await edit(namespace, [configMap('a')], { force: true })
    await request(namespace)
    await until('the write waits', () => waiting.length === 1)
    await applyAs('team', namespace, configMap('a', { level: 'theirs' }))
    open()
    expect(await end(namespace)).toMatchObject({
      lastResult: 'Succeeded',
      history: [{ changed: 1, attempts: 1, output: expect.stringContaining('ConfigMap/a: changed (data.level)') }],
    })
    expect(waiting.map(({ answer }) => answer?.status)).toEqual([409, 200])
  })

  test.each([
    ['changed by others', { data: { level: 'theirs' } }, { level: 'theirs' }],
    ['left without what it says', { data: { level: null } }, undefined],
  ])('one that arrives late, when its object has been made and %s since, changes nothing', async (_, patch, data) => {
    const namespace = await home()
    await start({ namespaces: [namespace] })
    const arrives = Promise.withResolvers<void>()
    let late: Passing | undefined
    behind().fate = request => {
      if (late || !reallyWrites(request)) return 'pass'
      late = request
      return { late: () => arrives.promise }
    }
    await createTask(namespace, [], { retry: { attempts: 2, delaySeconds: 0 } })
    await edit(namespace, [configMap('a')], { force: true })
    expect(await ran(namespace)).toMatchObject({ lastResult: 'Succeeded', history: [{ attempts: 2, changed: 1 }] })
    await api.patch('configmaps', namespace, 'a', patch)
    arrives.resolve()
    expect(await until('it has arrived', () => late?.answer?.status)).toBe(409)
    expect((await stored(namespace, 'configmap a')).data).toEqual(data)
  })

  test('an object that is being deleted is made anew once it is gone', async () => {
    const namespace = await home()
    await applyAs('team', namespace, configMap('a', { old: 'yes' }, { finalizers: ['example.com/wait'] }))
    await cluster.kubectl(['delete', 'configmap', 'a', '-n', namespace, '--wait=false'])
    const { clock } = await start({ namespaces: [namespace] })
    await createTask(namespace, [configMap('a')], { retry: { attempts: 2, delaySeconds: 600 } })
    await request(namespace)
    const paused = await api.untilTask(namespace, 'task', 'pauses', ({ status }) => status?.activeRun?.attempt === 2)
    expect(paused.status?.lastMessage).toBe(
      'attempt 1 of 2: ConfigMap/a is being deleted: it is applied when it is gone',
    )
    await api.patch('configmaps', namespace, 'a', { metadata: { finalizers: null } })
    await until('it is gone', async () => (await names(namespace)).length === 0)
    clock.jumpTo(Date.parse(paused.status?.activeRun?.nextAttemptTime ?? '') + 1000)
    expect(await end(namespace)).toMatchObject({
      lastResult: 'Succeeded',
      lastMessage: 'applied 1 ConfigMap',
    })
    expect((await stored(namespace, 'configmap a')).data).toEqual({ level: 'info' })
  })

  test.each([
    ['cancelled', 'Cancelled', 'Requested'],
    ['out of time', 'TimedOut', 'Timeout'],
  ])('a run that is %s begins no further change', async (_, result, reason) => {
    const namespace = await home()
    const { clock } = await start({ namespaces: [namespace] })
    const { waiting } = gate(reallyWrites)
    const documents = Array.from({ length: 12 }, (_, n) => configMap(`c-${n}`))
    await createTask(namespace, documents, { timeoutSeconds: 60, retry: { attempts: 1 } })
    await request(namespace)
    await until('reallyWrites wait', () => waiting.length > 0)
    if (result === 'Cancelled') await api.annotate(namespace, 'task', { 'rota.dev/cancel': 'stop' })
    else clock.jumpTo(clock.now() + 61_000)
    const { history } = await end(namespace)
    expect(history?.[0]).toMatchObject({ result, resultReason: reason, changed: 0 })
    expect(waiting.length).toBeLessThanOrEqual(8)
    expect(await names(namespace)).toEqual([])
  })
})
