import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { sharedCluster } from '../harness/cluster.ts'
import { helmOrSkip, helmWith, mustHelm } from '../helm/helm.ts'
import { artifacts } from '../release/artifacts.ts'

const cluster = sharedCluster()
const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
const OPTIONS = { image: 'registry.example.com/rota', base: 'https://example.com/rota/releases/download' }
const helm = await helmOrSkip()

describe('the files of a release', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rota-release-'))
  let files: ReadonlyMap<string, Buffer>
  beforeAll(() => {
    files = artifacts(OPTIONS)
    for (const [name, content] of files) writeFileSync(join(folder, name), content)
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  const textOf = (name: string) => files.get(name)?.toString('utf8') ?? ''

  test('are the same, byte for byte, when the bundle and they are made again', () => {
    execFileSync(process.execPath, ['build.ts', join(folder, 'again')])
    expect(readFileSync(join(folder, 'again/rota.js')).equals(readFileSync('dist/rota.js'))).toBe(true)
    const again = artifacts(OPTIONS)
    expect([...again.keys()]).toEqual([...files.keys()])
    for (const [name, content] of again) expect([name, files.get(name)?.equals(content)]).toEqual([name, true])
  })

  test('have checksums that sha256sum agrees with', () => {
    const said = execFileSync('sha256sum', ['--check', 'SHA256SUMS'], { cwd: folder, encoding: 'utf8' })
    expect(said.trim().split('\n')).toHaveLength(files.size - 1)
    expect(said).not.toMatch(/FAILED/)
  })

  test('have a plugin for kubectl that runs where it is unpacked, as the manifest for krew describes it', () => {
    const archive = `kubectl-rota-${version}.tar.gz`
    const { spec } = parse(textOf('rota.krew.yaml'))
    for (const { uri, sha256, bin, files: inside } of spec.platforms) {
      expect(uri).toBe(`${OPTIONS.base}/v${version}/${archive}`)
      expect(sha256).toBe(
        createHash('sha256')
          .update(files.get(archive) ?? '')
          .digest('hex'),
      )
      expect(inside).toContainEqual({ from: bin, to: '.' })
    }
    const unpacked = mkdtempSync(join(folder, 'plugin-'))
    execFileSync('tar', ['-xzf', join(folder, archive), '-C', unpacked])
    const env = { PATH: `${process.execPath.replace(/\/node$/, '')}:${process.env['PATH']}` }
    const said = execFileSync(join(unpacked, 'kubectl-rota'), ['--version'], { env, encoding: 'utf8' })
    expect(said.trim()).toBe(version)
  })

  test('have manifests that an API server takes, with the image of this release', async () => {
    const install = textOf('install.yaml')
    expect(install).toContain(`image: ${OPTIONS.image}:${version}\n`)
    expect(install).not.toMatch(/image: rota\b/)
    // Namespace and CRD are not there yet for what is in them: only whether all of it can be read.
    const { stdout } = await cluster.kubectl(['create', '--dry-run=client', '--validate=strict', '-f', '-'], {
      input: install,
    })
    expect(stdout).toMatch(/^deployment\.apps\/rota /m)
  })

  test.skipIf(helm === '')('have a chart that Helm takes, and that renders as the folder does', async () => {
    const run = mustHelm(helmWith(helm, '', folder))
    const render = (chart: string) =>
      run('template', 'rota', chart, '-n', 'rota-system', '--set', `image.repository=${OPTIONS.image}`)
    expect(await render(join(folder, `rota-${version}.tgz`))).toBe(await render('deploy/helm/rota'))
  })

  test('have an SBOM that names what is bundled, with versions and licences', () => {
    const sbom = JSON.parse(textOf('rota.sbom.cdx.json'))
    const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8'))
    const named = new Map<string, { version: string }>(sbom.components.map((one: { name: string }) => [one.name, one]))
    for (const [name, wanted] of Object.entries(dependencies))
      expect(named.get(name)).toMatchObject({ version: wanted })
    expect(named.get('esbuild')).toBeUndefined()
    expect(
      sbom.components.filter((one: { type: string; licenses?: object }) => one.type === 'library' && !one.licenses),
    ).toEqual([])
    const [{ content }] = sbom.metadata.component.hashes
    expect(content).toBe(createHash('sha256').update(readFileSync('dist/rota.js')).digest('hex'))
  })
})
