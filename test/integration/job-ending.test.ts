import { beforeAll, describe, expect, test } from 'vitest'
import { until } from '../cluster/until.ts'
import type { Api } from '../harness/api.ts'
import { sharedCluster, usesExistingCluster } from '../harness/cluster.ts'
import { createsJob, ENDLESS, IMAGE, jobBench, template } from '../harness/job-bench.ts'
import { type ChildOperator, spawnOperator } from '../harness/operator.ts'

const cluster = sharedCluster()

// Not on somebody else's cluster: it would be an installation.
describe.skipIf(usesExistingCluster)('how the run of a Job ends', () => {
  const { behind, start, api: connect, home, createTask, request, ran, end, says, names, untilJob } = jobBench()
  let api: Api
  beforeAll(async () => {
    api = await connect()
  })

  test('an operator that is stopped in mid-run: the next one goes on waiting for the same Job', async () => {
    const namespace = await home()
    const first = await start({ namespaces: [namespace], flags: { 'shutdown-grace': '0' } })
    const proxy = behind()
    await createTask(namespace, template({ 'kwok.test/run-for': '4s' }))
    await request(namespace)
    const name = await untilJob(namespace)
    await first.stop()
    await proxy.close()
    expect((await api.task(namespace, 'backup')).status?.activeRun).toBeDefined()
    await start({ namespaces: [namespace] })
    expect(await end(namespace)).toMatchObject({
      lastResult: 'Succeeded',
      lastMessage: 'ran 1 Job',
      runCount: 1,
      history: [{ attempts: 1, output: expect.stringContaining('line 300 of 300') }],
    })
    expect(await names('jobs', namespace)).toEqual([name])
    expect(behind().seen.filter(createsJob)).toEqual([])
  })

  test('an operator that is killed in mid-run: the Job ends meanwhile, and the next operator finds how', async () => {
    const namespace = await home()
    const options = { kubeconfig: cluster.kubeconfig, namespaces: [namespace] }
    let child: ChildOperator | undefined
    try {
      child = await spawnOperator(options)
      await createTask(namespace, template({ 'kwok.test/exit-code': '7', 'kwok.test/run-for': '1s' }))
      await request(namespace)
      const name = await untilJob(namespace)
      await child.kill()
      await until('it has failed', async () => (await api.get('jobs', namespace, name)).status?.failed === 1)
      child = await spawnOperator(options)
      expect(await end(namespace)).toMatchObject({ lastResult: 'Failed', runCount: 1, errorCount: 1 })
      expect((await api.task(namespace, 'backup')).status?.history?.[0]?.error).toBe(
        `Job/${name} failed with exit code 7`,
      )
      expect(await names('jobs', namespace)).toEqual([name])
    } finally {
      await child?.kill()
    }
  })

  test('the answer to its creation is lost: it is found, and not made twice', async () => {
    const namespace = await home()
    await start({ namespaces: [namespace] })
    let lost = 0
    behind().fate = request => (createsJob(request) && lost++ === 0 ? 'lose' : 'pass')
    await createTask(namespace, IMAGE, { retry: { attempts: 2, delaySeconds: 0 } })
    expect(await ran(namespace)).toMatchObject({ lastResult: 'Succeeded', history: [{ attempts: 2, changed: 1 }] })
    expect(behind().seen.filter(createsJob)).toHaveLength(1)
    expect(await names('jobs', namespace)).toHaveLength(1)
  })

  test('an API server that does not answer while the Job runs does not end the run', async () => {
    const namespace = await home()
    await start({ namespaces: [namespace] })
    await createTask(namespace, template({ 'kwok.test/run-for': '3s' }), { retry: { attempts: 1 } })
    await request(namespace)
    await untilJob(namespace)
    behind().fate = ({ as }) => (as === '' ? 'pass' : { answer: 503 })
    await says(namespace, /^waits for Job\/backup-\w+.*; get Job .* failed with HTTP 503$/)
    behind().fate = () => 'pass'
    expect(await end(namespace)).toMatchObject({ lastResult: 'Succeeded', history: [{ attempts: 1 }] })
  })

  test('timeout: it is told why the pod did not run, and Job and pod are gone before the run ends', async () => {
    const namespace = await home()
    const { clock } = await start({ namespaces: [namespace] })
    const nowhere = template({}, { pod: { nodeSelector: { 'example.com/disk': 'fast' } } })
    await createTask(namespace, nowhere, { timeoutSeconds: 600 })
    await request(namespace)
    await says(namespace, /its pod has no node: 0\/\d nodes are available: .*affinity\/selector/)
    clock.jumpTo(clock.now() + 600_000)
    const { history, lastMessage } = await end(namespace)
    expect(history?.[0]).toMatchObject({ result: 'TimedOut', resultReason: 'Timeout', attempts: 1 })
    expect(history?.[0]?.error).toMatch(/^not done within 600 s: waits for Job\/backup-\w+: its pod has no node: 0\//)
    expect(lastMessage).not.toContain('left behind')
    expect([await names('jobs', namespace), await names('pods', namespace)]).toEqual([[], []])
  })

  test('an image that cannot be pulled is told while it is waited for', async () => {
    const namespace = await home()
    await start({ namespaces: [namespace] })
    await createTask(namespace, template({ 'kwok.test/ready-after': '1h' }))
    await request(namespace)
    const pod = await until('its pod', async () => (await names('pods', namespace))[0])
    // What a kubelet writes; the fake ones pull nothing.
    const waiting = { reason: 'ImagePullBackOff', message: 'Back-off pulling image "example.invalid/backup:1"' }
    const status = {
      containerStatuses: [{ ...IMAGE, name: 'main', imageID: '', ready: false, restartCount: 0, state: { waiting } }],
    }
    await cluster.kubectl([
      ...['patch', 'pod', pod ?? '', '-n', namespace, '--subresource=status'],
      ...['--type=merge', '-p', JSON.stringify({ status })],
    ])
    await says(
      namespace,
      /^waits for Job\/backup-\w+: container main does not start: ImagePullBackOff, Back-off pulling image/,
    )
    await api.annotate(namespace, 'backup', { 'rota.dev/cancel': 'stop' })
    expect(await end(namespace)).toMatchObject({ lastResult: 'Cancelled' })
  })

  test('cancel: the run ends when Job and pods are gone, and not before', async () => {
    const namespace = await home()
    await start({ namespaces: [namespace] })
    const metadata = { finalizers: ['example.com/slow'] }
    await createTask(namespace, template({ 'kwok.test/run-for': '1h' }, { metadata }))
    await request(namespace)
    await says(namespace, /^waits for Job\/backup-\w+$/)
    await api.annotate(namespace, 'backup', { 'rota.dev/cancel': 'stop' })
    const deletes = () => behind().seen.filter(({ method, as }) => method === 'DELETE' && as !== '')
    await until('it is being deleted', () => deletes().length === 1)
    expect(JSON.parse(deletes()[0]?.body ?? '')).toMatchObject({
      propagationPolicy: 'Foreground',
      preconditions: { uid: expect.any(String) },
    })
    const gets = () => behind().seen.filter(({ method, url }) => method === 'GET' && url.includes('/jobs/')).length
    const before = gets()
    await until('it is waited for', () => gets() > before + 2)
    const { status } = await api.task(namespace, 'backup')
    expect(status?.activeRun).toBeDefined()
    const [pod = ''] = await names('pods', namespace)
    await api.patch('pods', namespace, pod, { metadata: { finalizers: null } })
    expect(await end(namespace)).toMatchObject({
      lastResult: 'Cancelled',
      lastMessage: 'cancelled: requested by stop; changed 1 object before it ended',
      handled: { cancel: 'stop' },
    })
    expect([await names('jobs', namespace), await names('pods', namespace)]).toEqual([[], []])
    expect(deletes()).toHaveLength(1)
  })

  test.each([
    ['cancelled', { metadata: { annotations: { 'rota.dev/cancel': 'stop' } } }, 'Requested'],
    ['edited', { spec: { operation: { job: null, restart: {} } } }, 'SpecChanged'],
  ])('%s while no operator is there: the next one takes the Job away', async (_, change, reason) => {
    const namespace = await home()
    const first = await start({ namespaces: [namespace], flags: { 'shutdown-grace': '0' } })
    const proxy = behind()
    await createTask(namespace, ENDLESS)
    await request(namespace)
    await says(namespace, /^waits for Job\/backup-\w+$/)
    await first.stop()
    await proxy.close()
    await api.patch('scheduledtasks', namespace, 'backup', change)
    await start({ namespaces: [namespace] })
    expect(await end(namespace)).toMatchObject({ lastResult: 'Cancelled', history: [{ resultReason: reason }] })
    expect([await names('jobs', namespace), await names('pods', namespace)]).toEqual([[], []])
  })

  test('a Job that others delete in mid-run is not begun again', async () => {
    const namespace = await home()
    await start({ namespaces: [namespace] })
    await createTask(namespace, ENDLESS)
    await request(namespace)
    const name = await untilJob(namespace)
    await says(namespace, /^waits for/)
    await cluster.kubectl(['delete', 'job', name, '-n', namespace])
    expect(await end(namespace)).toMatchObject({
      lastResult: 'Failed',
      history: [
        { resultReason: 'JobDeleted', error: `Job/${name} was deleted by others before it ended`, attempts: 1 },
      ],
    })
    expect(behind().seen.filter(createsJob)).toHaveLength(1)
  })
})
