import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Cluster, startCluster } from '../cluster/cluster.ts'
import { goProgramOrSkip } from '../cluster/go-program.ts'
import { moduleFolder, readRecipe } from '../cluster/recipe.ts'
import { until } from '../cluster/until.ts'
import { type Api, apiOf } from '../harness/api.ts'
import { ended } from '../harness/proxied-operator.ts'
import { ranFor } from '../harness/requested.ts'
import { imagesIn, ROTA_IMAGE } from '../image/buildah.ts'
import { type Node, startNode, whyNoNode } from './node.ts'

/** Of what holds the network of a pod; the same program serves as a workload. */
const PAUSE_IMAGE = 'localhost/pause:1'
const WORKLOAD_IMAGE = 'localhost/workload:1'
const TEAM = 'team-a'

const missing = whyNoNode()
if (missing !== undefined) console.warn(`\n!!! NO REAL POD IS RUN: ${missing}\n`)

describe.skipIf(missing !== undefined)('Rota in real pods', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rota-node-'))
  let cluster: Cluster
  let api: Api
  let node: Node

  beforeAll(async () => {
    const kubelet = await goProgramOrSkip({
      name: 'kubelet',
      module: moduleFolder,
      path: 'k8s.io/kubernetes/cmd/kubelet',
      flags: readRecipe().flags,
      says: 'the kubelet with Go, once: a minute or two',
      tests: 'REAL PODS',
    })
    const pause = await goProgramOrSkip({
      name: 'pause',
      module: fileURLToPath(new URL('pause/', import.meta.url)),
      path: '.',
      says: 'a program that waits, with Go, once',
      tests: 'REAL PODS',
    })
    const images = imagesIn(folder)
    images.rota()
    for (const name of [PAUSE_IMAGE, WORKLOAD_IMAGE]) images.program(name, pause)
    cluster = await startCluster({ nodes: 0, apiServerFlags: ['--kubelet-preferred-address-types=InternalIP'] })
    node = await startNode(cluster, kubelet)
    node.load(...[PAUSE_IMAGE, WORKLOAD_IMAGE, ROTA_IMAGE].map(images.archived))
    api = await apiOf(cluster)
    const { stdout } = await cluster.kubectl(['kustomize', 'deploy/kustomize/base'])
    const shipped = stdout.replaceAll(/image: rota:.*/g, `image: ${ROTA_IMAGE}`)
    // Twice: the first time the kinds that it brings along are not known yet.
    const install = () => cluster.tryKubectl(['apply', '--server-side', '-f', '-'], { input: shipped })
    await until('what is shipped is installed', install, ({ code }) => code === 0)
  })
  afterAll(async () => {
    await node?.stop()
    await cluster?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  const podsOf = async (namespace: string, app: string) => {
    const pods = await api.list('pods', namespace)
    return pods.filter(
      ({ metadata }) => metadata.labels?.['app.kubernetes.io/name'] === app || metadata.labels?.['app'] === app,
    )
  }
  /** The process that holds the lease: its pod, and what tells it from others there. */
  const leader = async () => {
    const path = 'jsonpath={.items[0].spec.holderIdentity}'
    return (await cluster.kubectl(['get', 'leases', '-n', 'rota-system', '-o', path])).stdout
  }
  const podOf = (identity: string) => identity.replace(/_.*/, '')

  test('two replicas of the shipped Deployment become ready, with the shipped rights and their own tokens', async () => {
    await cluster.kubectl(['rollout', 'status', 'deployment/rota', '-n', 'rota-system', '--timeout=120s'])
    const names = (await podsOf('rota-system', 'rota')).map(({ metadata }) => metadata.name)
    expect(names).toHaveLength(2)
    expect(names).toContain(podOf(await until('one leads', leader)))
  })

  test('sleep ends processes, and wake starts them', async () => {
    await cluster.kubectl(['create', 'namespace', TEAM])
    await cluster.kubectl(['create', 'serviceaccount', 'rota', '-n', TEAM])
    for (const operation of ['sleep', 'wake', 'job', 'restart']) {
      const role = [`rota-${operation}`, `--clusterrole=rota:${operation}`, `--serviceaccount=${TEAM}:rota`]
      await cluster.kubectl(['create', 'rolebinding', ...role, '-n', TEAM])
    }
    await cluster.kubectl(['create', 'deployment', 'web', `--image=${WORKLOAD_IMAGE}`, '--replicas=2', '-n', TEAM])
    await cluster.kubectl(['rollout', 'status', 'deployment/web', '-n', TEAM, '--timeout=60s'])
    const running = () => node.processes(WORKLOAD_IMAGE)
    expect(running()).toHaveLength(2)
    await api.createTask(TEAM, 'off', { operation: { sleep: { verify: { timeoutSeconds: 60 } } } })
    expect(await ranFor(api, TEAM, 'off', '1', 120_000)).toMatchObject({ lastResult: 'Succeeded' })
    expect(running()).toEqual([])
    await api.createTask(TEAM, 'on', { operation: { wake: { verify: { timeoutSeconds: 60 } } } })
    expect(await ranFor(api, TEAM, 'on', '1', 120_000)).toMatchObject({ lastResult: 'Succeeded' })
    expect(running()).toHaveLength(2)
  })

  test('a job runs a container, and its exit code and the end of its log come back', async () => {
    const job = (code: number) => ({
      operation: {
        job: {
          image: ROTA_IMAGE,
          command: ['/usr/local/bin/node', '-e', `console.log('said in a pod'); process.exit(${code})`],
        },
      },
      retry: { attempts: 1 },
    })
    await api.createTask(TEAM, 'good', job(0))
    await api.createTask(TEAM, 'bad', job(3))
    const good = await ranFor(api, TEAM, 'good', '1', 120_000)
    expect(good.history?.[0]).toMatchObject({ result: 'Succeeded', output: expect.stringContaining('said in a pod') })
    const bad = await ranFor(api, TEAM, 'bad', '1', 120_000)
    expect(bad.history?.[0]).toMatchObject({ result: 'Failed', error: expect.stringMatching(/exit code 3/) })
  })

  test('a container that takes more memory than it may is told as what it died of', async () => {
    const eat = 'const eaten = []; for (;;) eaten.push(Buffer.alloc(1 << 22, 1))'
    const container = { name: 'main', image: ROTA_IMAGE, command: ['/usr/local/bin/node', '-e', eat] }
    const limited = { ...container, resources: { limits: { memory: '96Mi' } } }
    const template = { template: { spec: { restartPolicy: 'Never', containers: [limited] } }, backoffLimit: 0 }
    await api.createTask(TEAM, 'hungry', { operation: { job: { template } }, retry: { attempts: 1 } })
    const { history } = await ranFor(api, TEAM, 'hungry', '1', 120_000)
    expect(history?.[0]).toMatchObject({
      result: 'Failed',
      error: expect.stringContaining('exit code 137 (OOMKilled)'),
    })
  })

  test('an image that cannot be pulled is told as what the run waited for', async () => {
    const job = { image: 'localhost/nowhere:1', command: ['/run'] }
    await api.createTask(TEAM, 'no-image', { operation: { job }, timeoutSeconds: 15, retry: { attempts: 1 } })
    const { history } = await ranFor(api, TEAM, 'no-image', '1', 120_000)
    expect(history?.[0]).toMatchObject({
      result: 'TimedOut',
      error: expect.stringMatching(/container main does not start: (ErrImagePull|ImagePullBackOff)/),
    })
  })

  test('a rolling update in mid-run changes nothing for the run', async () => {
    const wait = 'setTimeout(() => console.log("waited"), 15_000)'
    const job = { image: ROTA_IMAGE, command: ['/usr/local/bin/node', '-e', wait] }
    await api.createTask(TEAM, 'slow', { operation: { job } })
    await api.annotate(TEAM, 'slow', { 'rota.dev/run': '1' })
    await api.untilTask(TEAM, 'slow', 'runs', ({ status }) => status?.activeRun !== undefined)
    await cluster.kubectl(['rollout', 'restart', 'deployment/rota', '-n', 'rota-system'])
    await cluster.kubectl(['rollout', 'status', 'deployment/rota', '-n', 'rota-system', '--timeout=120s'])
    const { status } = await api.untilTask(TEAM, 'slow', 'has ended', ended, 120_000)
    expect(status).toMatchObject({ runCount: 1, errorCount: 0, lastResult: 'Succeeded' })
    expect(status?.history?.[0]).toMatchObject({ output: expect.stringContaining('waited') })
    expect(
      await api.list('jobs', TEAM).then(jobs => jobs.filter(({ metadata }) => metadata.name.startsWith('slow'))),
    ).toHaveLength(1)
  })

  test.each([
    {
      how: 'is killed',
      end: (pod: string) => {
        const [pid = 0, ...others] = node.processes(ROTA_IMAGE, pod)
        expect(others).toEqual([])
        process.kill(pid, 'SIGKILL')
      },
    },
    { how: 'loses its pod', end: (pod: string) => cluster.kubectl(['delete', 'pod', pod, '-n', 'rota-system']) },
  ])('when the process that leads $how another goes on', async ({ how, end }) => {
    const before = await until('one leads', leader)
    await end(podOf(before))
    await until('another leads', leader, now => now !== '' && now !== before)
    const name = how.replaceAll(' ', '-')
    await api.createTask(TEAM, name, { operation: { restart: {} } })
    expect(await ranFor(api, TEAM, name, '1', 120_000)).toMatchObject({ lastResult: 'Succeeded', runCount: 1 })
  })

  test('the Job that comes before an uninstall wakes what sleeps, and lets go of all tasks', async () => {
    expect(await ranFor(api, TEAM, 'off', 'last', 120_000)).toMatchObject({ lastResult: 'Succeeded' })
    expect((await api.task(TEAM, 'off')).metadata).toMatchObject({ finalizers: ['rota.dev/wake'] })
    const inRota = ['-n', 'rota-system']
    await cluster.kubectl(['create', 'job', 'rota-uninstall', '--from=cronjob/rota-uninstall', ...inRota])
    await cluster.kubectl(['wait', 'job/rota-uninstall', '--for=condition=complete', '--timeout=180s', ...inRota])
    expect((await api.get('deployments', TEAM, 'web')).spec.replicas).toBe(2)
    for (const { metadata } of await api.tasks(TEAM)) expect(metadata).not.toHaveProperty('finalizers')
    await cluster.kubectl([
      'delete',
      '-k',
      'deploy/kustomize/base',
      '-l',
      'app.kubernetes.io/part-of=rota',
      '--wait=false',
    ])
    await until(
      'nothing of it runs any more',
      () => node.processes(ROTA_IMAGE),
      pids => pids.length === 0,
    )
  })
})
