import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { until } from '../cluster/until.ts'
import { type Api, apiOf, deployment } from '../harness/api.ts'
import { createNamespace, sharedCluster } from '../harness/cluster.ts'
import { startOperator, type TestOperator } from '../harness/operator.ts'
import { ended, writesTarget } from '../harness/proxied-operator.ts'
import { type FaultProxy, startProxy } from '../harness/proxy.ts'

const cluster = sharedCluster()
const program = fileURLToPath(new URL('../../dist/rota.js', import.meta.url))
/** Where the operator lives, as the kubeconfig says. */
const HOME = 'default'

/** Of a task with something asleep. */
const SLEEPER = { operation: { sleep: {} } }

describe('rota prepare-uninstall', () => {
  let api: Api
  let operator: TestOperator | undefined
  let proxy: FaultProxy | undefined
  const owns: string[] = []

  beforeAll(async () => {
    api = await apiOf(cluster)
  })
  afterEach(async () => {
    await operator?.stop()
    await proxy?.close()
    operator = undefined
    proxy = undefined
    await Promise.all(owns.splice(0).map(name => api.delete('deployments', HOME, name)))
  })

  /** Namespaces with a Deployment that sleeps, put to sleep by an operator that has a Deployment of two replicas. */
  async function asleep(names: readonly string[], spec: object = SLEEPER) {
    const namespaces = await Promise.all(names.map(name => createNamespace(cluster, `uninstall-${name}`)))
    operator = await startOperator({
      kubeconfig: cluster.kubeconfig,
      namespaces,
      flags: { 'leader-elect': 'true' },
    })
    for (const namespace of namespaces) {
      await api.create('deployments', namespace, deployment('web', 3))
      await api.createTask(namespace, 'off', spec)
      await api.annotate(namespace, 'off', { 'rota.dev/run': '1' })
    }
    for (const namespace of namespaces) {
      const { metadata } = await api.untilTask(namespace, 'off', 'sleeps', ended)
      expect(metadata.finalizers).toEqual(['rota.dev/wake'])
      expect(await replicas(namespace)).toBe(0)
    }
    const own = `rota-${randomBytes(4).toString('hex')}`
    owns.push(own)
    await api.create('deployments', HOME, deployment(own, 2))
    const flags = [...namespaces.flatMap(name => ['--namespace', name]), '--deployment', own]
    return { namespaces, own, flags }
  }
  /** As its kubelet would, the operator ends when its Deployment has no replicas any more. */
  async function endsWith(own: string): Promise<void> {
    await until(
      'the operator is switched off',
      async () => (await api.get('deployments', HOME, own)).spec.replicas === 0,
    )
    await operator?.stop()
  }
  const replicas = async (namespace: string) => (await api.get('deployments', namespace, 'web')).spec.replicas
  const finalizers = async (namespace: string) => (await api.task(namespace, 'off')).metadata.finalizers ?? []

  test('stops the operator, wakes what sleeps, and lets go of the tasks', async () => {
    const { namespaces, own, flags } = await asleep(['a', 'b', 'c'])
    const [first = ''] = namespaces
    await api.replaceSpec(first, 'off', { ...SLEEPER, suspend: true })
    const [{ status, out, err }] = await Promise.all([prepare(flags), endsWith(own)])
    expect([status, err]).toEqual([0, ''])
    expect(out).toContain(`deployment ${own} has no replicas any more, it had 2\n`)
    expect(out).toMatch(/\n3 tasks let go: Rota can be uninstalled\n$/)
    for (const namespace of namespaces) {
      expect(out).toContain(`${namespace}/off: Succeeded: `)
      expect(await replicas(namespace)).toBe(3)
      expect(await finalizers(namespace)).toEqual([])
      expect((await api.task(namespace, 'off')).status).toMatchObject({ lastResult: 'Succeeded', runCount: 2 })
    }
    expect((await api.get('deployments', HOME, own)).spec.replicas).toBe(0)
  })

  test('has nothing to do where nothing sleeps, and where it has been already', async () => {
    const { own, flags } = await asleep(['twice'])
    await Promise.all([prepare(flags), endsWith(own)])
    expect(await prepare(flags)).toMatchObject({ status: 0, out: expect.stringMatching(/\n1 task let go/) })
  })

  test('leaves asleep what is to be left asleep', async () => {
    const { namespaces, own, flags } = await asleep(['leave'])
    const [namespace = ''] = namespaces
    await api.replaceSpec(namespace, 'off', { operation: { sleep: { onDelete: 'Leave' } } })
    const [{ status, out }] = await Promise.all([prepare(flags), endsWith(own)])
    expect(status).toBe(0)
    expect(out).toContain(`${namespace}/off: ${namespace} left asleep, as its onDelete: Leave says\n`)
    expect([await replicas(namespace), await finalizers(namespace)]).toEqual([0, []])
  })

  describe('when something cannot be woken', () => {
    test('wakes the rest, says what stays asleep, and switches the operator on again', async () => {
      const { namespaces, own, flags } = await asleep(['refused', 'fine'])
      const [refused = '', fine = ''] = namespaces
      await cluster.kubectl(['delete', 'rolebinding', 'rota', '-n', refused])
      const [{ status, out, err }] = await Promise.all([prepare(flags), endsWith(own)])
      expect(status).toBe(1)
      expect(err).toContain(`${refused}/off: ${refused} STAYS ASLEEP: ServiceAccount ${refused}/rota may not `)
      expect(err).toMatch(/\nnot prepared: mend this and try again, or leave it as it is with --leave-asleep\n$/)
      expect(out).toMatch(/\ndeployment rota-\w+ has 2 replicas again\n$/)
      expect((await api.get('deployments', HOME, own)).spec.replicas).toBe(2)
      expect([await replicas(refused), await finalizers(refused)]).toEqual([0, ['rota.dev/wake']])
      expect([await replicas(fine), await finalizers(fine)]).toEqual([3, []])

      await api.patch('deployments', HOME, own, { spec: { replicas: 0 } })
      const insisting = await prepare([...flags, '--leave-asleep'])
      expect(insisting).toMatchObject({ status: 0, out: expect.stringMatching(/\n2 tasks let go/) })
      expect(insisting.err).toContain(`${refused}/off: ${refused} STAYS ASLEEP: `)
      expect([await replicas(refused), await finalizers(refused)]).toEqual([0, []])
    })

    test('gives up when its time is over, and leaves no run active', async () => {
      const { namespaces, own, flags } = await asleep(['slow'])
      const [namespace = ''] = namespaces
      proxy = await startProxy(cluster)
      proxy.fate = request => (writesTarget(request) ? { answer: 503 } : 'pass')
      const [{ status, err }] = await Promise.all([
        prepare([...flags, '--timeout', '8s'], proxy.kubeconfig),
        endsWith(own),
      ])
      expect(status).toBe(1)
      expect(err).toContain(`${namespace}/off: ${namespace} STAYS ASLEEP: `)
      const { status: after } = await api.task(namespace, 'off')
      expect(after?.activeRun).toBeUndefined()
      expect(after?.history?.[0]).toMatchObject({ operation: 'wake', result: 'Cancelled', resultReason: 'Uninstalled' })
    })

    test('does nothing while another operator leads', async () => {
      const { namespaces, flags } = await asleep(['led'])
      const [namespace = ''] = namespaces
      const { status, err } = await prepare([...flags.slice(0, -2), '--timeout', '3s'])
      expect(status).toBe(1)
      expect(err).toContain('so nothing was done: another one leads: name its Deployment with --deployment')
      expect([await replicas(namespace), await finalizers(namespace)]).toEqual([0, ['rota.dev/wake']])
    })
  })

  test('says which setting is wrong', async () => {
    expect(await prepare(['--timeout', 'soon'])).toMatchObject({
      status: 2,
      err: 'rota: --timeout=soon: must be a duration such as 90s, 10m or 2h\n',
    })
    expect(await prepare(['--shards', '0'])).toMatchObject({
      status: 2,
      err: 'rota: --shards=0: must be a whole number from 1 to 32\n',
    })
  })

  function prepare(flags: readonly string[], kubeconfig = cluster.kubeconfig) {
    const words = [program, 'prepare-uninstall', '--kubeconfig', kubeconfig, ...flags]
    return new Promise<{ status: number; out: string; err: string }>(resolve => {
      execFile(process.execPath, words, (error, out, err) =>
        resolve({ status: typeof error?.code === 'number' ? error.code : 0, out, err }),
      )
    })
  }
})
