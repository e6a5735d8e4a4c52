import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { until } from '../cluster/until.ts'
import { type Api, apiOf, cronJob, deployment, statefulSet } from '../harness/api.ts'
import { createNamespace, sharedCluster } from '../harness/cluster.ts'

const cluster = sharedCluster()
const program = fileURLToPath(new URL('../../dist/rota.js', import.meta.url))
const exec = promisify(execFile)

/** The bundle as users start it, with the real clock: one file, all tasks at once, since a minute has to pass. */
describe('the program', () => {
  let api: Api
  let child: ChildProcess | undefined
  let log = ''
  const namespaces: string[] = []

  beforeAll(async () => {
    api = await apiOf(cluster)
    for (const name of ['minute-sleep', 'minute-restart', 'minute-scale']) {
      const namespace = await createNamespace(cluster, name)
      namespaces.push(namespace)
      await api.create('deployments', namespace, deployment('web', 2))
      await api.create('statefulsets', namespace, statefulSet('db', 1))
      await api.create('cronjobs', namespace, cronJob('report'))
    }
  })
  afterAll(() => void child?.kill('SIGKILL'))

  test('runs what the next minute brings, with a log line for each step, and ends cleanly on SIGTERM', async () => {
    const limits = namespaces.flatMap(namespace => ['--namespace', namespace])
    const flags = ['--kubeconfig', cluster.kubeconfig, '--port', '0', '--insecure-local', '--leader-elect=false']
    child = spawn(process.execPath, [program, 'controller', ...flags, ...limits], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    child.stdout?.on('data', (chunk: Buffer) => {
      log += chunk.toString()
    })
    const operations = [{ sleep: {} }, { restart: {} }, { scale: { names: ['web'], replicas: 3 } }]
    const made = Date.now()
    for (const [n, operation] of operations.entries()) {
      await api.createTask(namespaces[n] ?? '', 'task', { schedule: '* * * * *', operation })
    }
    for (const namespace of namespaces) {
      const { status } = await api.untilTask(
        namespace,
        'task',
        'ran',
        task => task.status?.lastResult !== undefined,
        90_000,
      )
      expect(status?.lastResult).toBe('Succeeded')
      const { slotTime = '', startTime = '' } = status?.history?.[0] ?? {}
      // Never before its slot, and never a slot from before the task was made.
      expect(Date.parse(startTime)).toBeGreaterThanOrEqual(Date.parse(slotTime))
      expect(Date.parse(slotTime)).toBeGreaterThan(made)
    }
    expect((await api.get('deployments', namespaces[0] ?? '', 'web')).spec.replicas).toBe(0)
    expect((await api.get('deployments', namespaces[2] ?? '', 'web')).spec.replicas).toBe(3)
    const messages = await until(
      'three runs have completed in the log',
      () => log.split('\n').flatMap(line => (line === '' ? [] : [(JSON.parse(line) as { msg: string }).msg])),
      lines => lines.filter(line => line.startsWith('completed in')).length >= 3,
    )
    expect(messages).toEqual(
      expect.arrayContaining(['rota started', 'task submitted to pool', 'executing (attempt 1/3)']),
    )
    const exited = once(child, 'exit')
    child.kill('SIGTERM')
    expect(await exited).toEqual([0, null])
    expect(log.trimEnd().split('\n').at(-1)).toContain('"msg":"stopped"')
  }, 150_000)

  test.each([
    [['controller', '--port', 'abc'], {}, 'rota: --port=abc: must be a whole number from 0 to 65535\n'],
    [['controller'], { MAX_TASK_WORKERS: '0' }, 'rota: MAX_TASK_WORKERS=0: must be a whole number from 1 to 256\n'],
    [['controller', '--replicas', '2'], {}, "rota: unknown option '--replicas'\n"],
    [['sleep'], {}, "rota: unknown command 'sleep'\n"],
  ])('a setting that cannot be used: %j %j ends with status 2 and one line that names it', async (args, env, line) => {
    const failed = exec(process.execPath, [program, ...args], { env: { ...process.env, ...env } })
    await expect(failed).rejects.toMatchObject({ code: 2, stdout: '', stderr: line })
  })
})
