import { execFile } from 'node:child_process'
import { mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, test } from 'vitest'
import { apiOf } from '../harness/api.ts'
import { createNamespace, sharedCluster } from '../harness/cluster.ts'
import { restart } from '../harness/proxied-operator.ts'

const { kubeconfig, kubectlCommand } = sharedCluster()
const program = fileURLToPath(new URL('../../dist/rota.js', import.meta.url))

/** The bundle as a shell runs it. */
function run(file: string, ...words: readonly string[]) {
  return new Promise<{ status: number; out: string; err: string }>(resolve => {
    execFile(process.execPath, [file, ...words], { env: { PATH: process.env['PATH'] ?? '' } }, (error, out, err) =>
      resolve({ status: typeof error?.code === 'number' ? error.code : 0, out, err }),
    )
  })
}

describe('the bundle', () => {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'rota-bundle-'))
  })

  test('tells the next instants of a schedule', async () => {
    const { status, out } = await run(
      program,
      'next',
      '0 0 29 2 *',
      '--from',
      '2026-01-01T00:00:00Z',
      '-n',
      '2',
      '-o',
      'json',
    )
    expect([status, out]).toEqual([0, '["2028-02-29T00:00:00Z","2032-02-29T00:00:00Z"]\n'])
  })

  test('checks manifests', async () => {
    const file = join(folder, 'wrong.yaml')
    writeFileSync(file, 'apiVersion: rota.dev/v1alpha1\nkind: ScheduledTask\nmetadata: {name: a}\nspec: {}\n')
    expect(await run(program, 'validate', '-f', file)).toEqual({
      status: 1,
      out: `${file}:4: spec.operation: is missing\n`,
      err: '1 ScheduledTask: 1 mistake\n',
    })
  })

  test('is a plugin of kubectl when it is linked as kubectl-rota', async () => {
    const link = join(folder, 'kubectl-rota')
    symlinkSync(program, link)
    const { out } = await run(link, 'why', '--help')
    expect(out).toContain('Usage: kubectl rota why [options] <name>')
    // As whoever has Node of that version in the PATH; here it is the one of the tests.
    const namespace = await createNamespace(sharedCluster(), 'plugin')
    await (await apiOf(sharedCluster())).createTask(namespace, 'task', restart())
    const PATH = [folder, dirname(process.execPath), process.env['PATH']].join(delimiter)
    const words = ['rota', 'get', 'task', '-n', namespace]
    const { stdout } = await promisify(execFile)(kubectlCommand, words, { env: { PATH, KUBECONFIG: kubeconfig } })
    expect(stdout).toMatch(/^NAME +SCHEDULE .*\ntask +- +/)
  })

  test('asks a cluster, and ends with status 2 for what it does not understand', async () => {
    const namespace = await createNamespace(sharedCluster(), 'bundle')
    await (await apiOf(sharedCluster())).createTask(namespace, 'task', restart())
    const { status, out } = await run(program, 'why', 'task', '-n', namespace, '--kubeconfig', kubeconfig)
    expect(status).toBe(0)
    expect(out).toMatch(/^ {2}why {8}generation 1 is new \[unobserved\]$/m)
    expect(await run(program, 'frobnicate')).toEqual({
      status: 2,
      out: '',
      err: "rota: unknown command 'frobnicate'\n",
    })
  })
})
