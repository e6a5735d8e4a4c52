import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import type { Cluster } from '../cluster/cluster.ts'
import { installCrds } from '../cluster/crds.ts'
import { freePorts } from '../cluster/ports.ts'
import { until } from '../cluster/until.ts'
import { type Api, apiOf, deployment } from '../harness/api.ts'
import { createNamespace, startOwnCluster, usesExistingCluster } from '../harness/cluster.ts'
import { ranFor } from '../harness/requested.ts'
import { tokenOf } from '../harness/token.ts'
import { type Built, imagesIn, whyNoImages } from '../image/buildah.ts'
import { startIn } from '../image/contained.ts'

const missing = whyNoImages()
if (missing !== undefined) console.warn(`\n!!! THE IMAGE IS NOT TESTED: ${missing}\n`)

describe.skipIf(missing !== undefined)('the image', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rota-image-'))
  let image: Built
  beforeAll(() => {
    const images = imagesIn(folder)
    images.rota()
    image = images.unpacked()
    console.log(`image: ${(image.bytes / 2 ** 20).toFixed(0)} MiB unpacked`)
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  /** What a program in it says, and how it ends. */
  async function run(...words: readonly string[]) {
    const child = startIn(image.root, userOf(image), words, { env: {} })
    const [[code], out, err] = await Promise.all([
      once(child, 'close') as Promise<[number | null]>,
      text(child.stdout as NodeJS.ReadableStream),
      text(child.stderr as NodeJS.ReadableStream),
    ])
    return { code, out, err }
  }

  test('has node with its libraries, one bundled file, certificates and a user, and nothing else', () => {
    const files = globSync('**/*', { cwd: image.root, withFileTypes: true })
      .filter(entry => !entry.isDirectory())
      .map(entry => join(entry.parentPath, entry.name).slice(image.root.length))
      .sort()
    const isLibrary = (file: string) => /^\/(usr\/)?lib(64)?\/.*\.so\.\d+$/.test(file)
    expect(files.filter(file => !isLibrary(file))).toEqual([
      '/app/rota.js',
      '/etc/group',
      '/etc/nsswitch.conf',
      '/etc/passwd',
      '/etc/ssl/certs/ca-certificates.crt',
      '/usr/local/bin/node',
    ])
    expect(files.filter(isLibrary).length).toBeGreaterThan(4)
    expect(readFileSync(join(image.root, 'app/rota.js'))).toEqual(readFileSync('dist/rota.js'))
  })

  test('runs as a user that is not root, by number', () => {
    expect(image.config.User).toBe('65532:65532')
  })

  test('tells its version, which is that of package.json', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
    expect(await run(...entrypointOf(image), '--version')).toEqual({ code: 0, out: `${version}\n`, err: '' })
  })

  test('is run where nothing can be written', async () => {
    const [node = ''] = entrypointOf(image)
    const write = `require('node:fs').writeFileSync('/app/rota.js', '')`
    const { code, err } = await run(node, '-e', write)
    expect([code, err]).toEqual([1, expect.stringContaining('EROFS')])
  })

  // On a cluster of its own: the policies are for all namespaces.
  describe.skipIf(usesExistingCluster)('as the shipped Deployment starts it, with the shipped rights', () => {
    let cluster: Cluster
    let api: Api
    let operator: ChildProcess
    let namespace: string
    let url: string

    beforeAll(async () => {
      cluster = await startOwnCluster()
      await installCrds(cluster)
      api = await apiOf(cluster)
      await cluster.kubectl(['apply', '-k', 'deploy/rbac'])
      namespace = await createNamespace(cluster, 'image')
      const { hostname, port } = new URL(cluster.url)
      const account = {
        token: await tokenOf(cluster, 'rota-system', 'rota'),
        'ca.crt': readFileSync(cluster.caFile, 'utf8'),
        namespace: 'rota-system',
      }
      const [own = 0] = await freePorts(1)
      url = `http://127.0.0.1:${own}`
      const shipped = parse(readFileSync('deploy/kustomize/base/deployment.yaml', 'utf8'))
      const [{ args }] = shipped.spec.template.spec.containers as [{ args: readonly string[] }]
      const words = args.map(word => word.replace(/^--port=.*/, `--port=${own}`))
      const env = { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port, POD_NAMESPACE: 'rota-system' }
      operator = startIn(image.root, userOf(image), [...entrypointOf(image), ...words], { env, account })
      operator.stdout?.resume()
      operator.stderr?.pipe(process.stderr)
      await until('Rota is ready', async () => (await fetch(`${url}/readyz`)).ok)
    })
    afterAll(async () => {
      operator?.kill('SIGKILL')
      await cluster?.stop()
    })

    test('puts a namespace to sleep', async () => {
      await api.create('deployments', namespace, deployment('web', 2))
      await api.createTask(namespace, 'off', { operation: { sleep: {} } })
      expect(await ranFor(api, namespace, 'off')).toMatchObject({ lastResult: 'Succeeded' })
      expect((await api.get('deployments', namespace, 'web')).spec.replicas).toBe(0)
    })

    test('is no root, and can gain no rights', () => {
      const status = readFileSync(`/proc/${operator.pid}/status`, 'utf8')
      expect(status).toMatch(/^Uid:\t65532\t65532\t65532\t65532$/m)
      expect(status).toMatch(/^CapEff:\t0+$/m)
      expect(status).toMatch(/^CapPrm:\t0+$/m)
      expect(status).toMatch(/^NoNewPrivs:\t1$/m)
    })

    test('serves the dashboard', async () => {
      expect(await (await fetch(url)).text()).toContain('<!doctype html>')
    })

    test('ends well when it is told to', async () => {
      const exited = once(operator, 'exit')
      operator.kill('SIGTERM')
      expect(await exited).toEqual([0, null])
    })
  })
})

function userOf({ config }: Built): string {
  return config.User ?? '0:0'
}

function entrypointOf({ config }: Built): readonly string[] {
  return config.Entrypoint ?? []
}
