import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findControlPlane } from './binaries.ts'
import { cacheFolder } from './cache.ts'
import { components } from './recipe.ts'

let directory: string
let said: string[]
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'rota-binaries-'))
  said = []
})
afterEach(() => rmSync(directory, { recursive: true }))

const find = (env: NodeJS.ProcessEnv) => findControlPlane({ env, say: line => said.push(line) })

test('TEST_CLUSTER_BIN comes before KUBEBUILDER_ASSETS', async () => {
  const mine = folder('mine', components)
  const assets = folder('assets', components)
  expect(await find({ TEST_CLUSTER_BIN: mine, KUBEBUILDER_ASSETS: assets })).toEqual({
    kind: 'Binaries',
    directory: mine,
  })
  expect(said).toEqual([`Control plane: ${mine} (TEST_CLUSTER_BIN)`])
})

test('TEST_CLUSTER_BIN must have everything', async () => {
  const mine = folder('mine', ['etcd', 'kube-apiserver', 'kubectl', 'kwok'])
  await expect(find({ TEST_CLUSTER_BIN: mine })).rejects.toThrow(
    `TEST_CLUSTER_BIN=${mine} lacks kube-controller-manager, kube-scheduler`,
  )
})

test('KUBEBUILDER_ASSETS without controllers is passed over, and the cache is next', async () => {
  const assets = folder('assets', ['etcd', 'kube-apiserver', 'kubectl'])
  const env = { KUBEBUILDER_ASSETS: assets, XDG_CACHE_HOME: join(directory, 'cache') }
  const cached = folder(cacheFolder(env).slice(directory.length + 1), components)
  expect(await find(env)).toEqual({ kind: 'Binaries', directory: cached })
  expect(said).toEqual([
    `KUBEBUILDER_ASSETS=${assets} is passed over: it lacks kube-controller-manager, kube-scheduler, kwok`,
    `Control plane: ${cached} (cache)`,
  ])
})

function folder(name: string, files: readonly string[]): string {
  const path = join(directory, name)
  mkdirSync(path, { recursive: true })
  for (const file of files) writeFileSync(join(path, file), '', { mode: 0o755 })
  return path
}
