import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Cluster } from '../cluster/cluster.ts'
import { until } from '../cluster/until.ts'
import { startOwnCluster, usesExistingCluster } from '../harness/cluster.ts'

describe.skipIf(usesExistingCluster)('a cluster of our own', () => {
  let cluster: Cluster

  beforeAll(async () => {
    cluster = await startOwnCluster({ nodes: 1 })
  })
  afterAll(() => cluster?.stop())

  const readTime = ['get', '--raw=/api/v1/namespaces/default', '--request-timeout=2s']

  test.for(['kill', 'stop'] as const)(
    'keeps URL, data and tokens when the API server comes back from %s',
    async end => {
      const before = await cluster.kubectl(readTime)
      await cluster.apiServer[end]()
      expect((await cluster.tryKubectl(readTime)).code).not.toBe(0)
      await cluster.apiServer.start()
      expect((await cluster.kubectl(readTime)).stdout).toBe(before.stdout)
    },
  )

  test('keeps its data when etcd comes back', async () => {
    await cluster.kubectl(['create', 'configmap', 'kept'])
    await cluster.etcd.kill()
    await cluster.etcd.start()
    await until('the API server has found etcd again', () => cluster.kubectl(['get', 'configmap', 'kept']))
  })

  test('answers nothing while the API server is paused', async () => {
    cluster.apiServer.pause()
    expect((await cluster.tryKubectl(readTime)).code).not.toBe(0)
    cluster.apiServer.resume()
    await cluster.kubectl(readTime)
  })

  test('still runs Pods after all that', async () => {
    await cluster.kubectl(['create', 'deployment', 'late', '--image=busybox:1'])
    await cluster.kubectl(['rollout', 'status', 'deployment/late', '--timeout=30s'])
  })

  test('leaves nothing behind when it is stopped', async () => {
    expect(processesOf(cluster.directory).length).toBeGreaterThanOrEqual(5)
    await cluster.stop()
    expect(processesOf(cluster.directory)).toEqual([])
    expect(existsSync(cluster.directory)).toBe(false)
  })
})

test.skipIf(usesExistingCluster)('a component that does not start is named, with the end of its log', async () => {
  await expect(startOwnCluster({ apiServerFlags: ['--no-such-flag'] })).rejects.toThrow(
    /^kube-apiserver ended \(exit code 1\)[\s\S]*unknown flag: --no-such-flag/,
  )
})

test.skipIf(usesExistingCluster)('nothing is left when the owner of a cluster is killed', async () => {
  const main = fileURLToPath(new URL('../cluster/main.ts', import.meta.url))
  const owner = spawn(process.execPath, [main], { stdio: ['ignore', 'pipe', 'inherit'] })
  let kubeconfig: string | undefined
  for await (const line of createInterface({ input: owner.stdout })) {
    kubeconfig = /^export KUBECONFIG=(.+)$/.exec(line)?.[1]
    if (kubeconfig) break
  }
  if (!kubeconfig) throw new Error(`No cluster came up: exit code ${owner.exitCode}`)
  const directory = dirname(dirname(kubeconfig))
  expect(processesOf(directory).length).toBeGreaterThanOrEqual(5)

  const ended = once(owner, 'exit')
  owner.kill('SIGKILL')
  await ended
  await until(
    'processes and directory are gone',
    () => ({ processes: processesOf(directory), exists: existsSync(directory) }),
    left => left.processes.length === 0 && !left.exists,
    { timeout: 5_000 },
  )
})

/** Each names its directory in its arguments. */
function processesOf(directory: string): string[] {
  const all = execFileSync('ps', ['-A', '-ww', '-o', 'pid=,args='], { encoding: 'utf8' })
  return all.split('\n').filter(line => line.includes(directory))
}
