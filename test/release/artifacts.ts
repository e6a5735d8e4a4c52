import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { cacheFolder } from '../cluster/cache.ts'
import { krewManifest } from './krew.ts'
import { type Package, sbomOf } from './sbom.ts'
import { type TarEntry, tarGz } from './tar.ts'

const CHART = 'deploy/helm/rota'

export interface ReleaseOptions {
  /** Of the image, without a tag. */
  readonly image: string
  /** Where the archives of all releases can be had. */
  readonly base: string
}

/** All files of a release, by name. They follow from the commit and the options alone. "make build" comes first. */
export function artifacts({ image, base }: ReleaseOptions): ReadonlyMap<string, Buffer> {
  const rota = packageIn('.')
  const { version } = rota
  const bundle = readFileSync('dist/rota.js')
  const packages = (JSON.parse(readFileSync('dist/packages.json', 'utf8')) as readonly string[]).map(packageIn)
  const licenses = json(packages.map(({ name, version, license }) => ({ name, version, license })))
  const archive = `kubectl-rota-${version}.tar.gz`
  const plugin = tarGz([
    { path: 'kubectl-rota', content: bundle, executable: true },
    { path: 'LICENSES.json', content: licenses },
  ])
  const krew = krewManifest({ version, base, archive, sha256: sha256Of(plugin) })
  const files = new Map([
    ['rota.js', bundle],
    [archive, plugin],
    [`rota-${version}.tgz`, tarGz(chart())],
    ['install.yaml', Buffer.from(install(image, version))],
    ['rota.krew.yaml', Buffer.from(stringify(krew))],
    ['rota.sbom.cdx.json', json(sbomOf({ rota, bundle, packages, node: nodeInImage() }))],
  ])
  const sums = [...files].map(([name, content]) => `${sha256Of(content)}  ${name}\n`).sort()
  return new Map([...files, ['SHA256SUMS', Buffer.from(sums.join(''))]])
}

/** Of package.json in a folder. */
function packageIn(folder: string): Package {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Package
  return { name, version, ...(license !== undefined && { license }) }
}

/** As `helm package` makes it, but for the times of its files. */
function chart(): readonly TarEntry[] {
  const paths = globSync('**/*', { cwd: CHART, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
  return paths.map(path => ({ path: path.replace(CHART, 'rota'), content: readFileSync(path) }))
}

/** What kustomize makes of the base, with this image. */
function install(image: string, version: string): string {
  const cached = join(cacheFolder(process.env), 'kubectl')
  const kubectl = existsSync(cached) ? cached : 'kubectl'
  const made = execFileSync(kubectl, ['kustomize', 'deploy/kustomize/base'], { encoding: 'utf8', maxBuffer: 1 << 26 })
  const named = made.replaceAll(`image: rota:${version}\n`, `image: ${image}:${version}\n`)
  if (named === made) throw new Error(`deploy/kustomize/base has no image rota:${version}`)
  return named
}

function nodeInImage(): string {
  const version = /^ARG NODE_IMAGE=(?:.*\/)?node:([\d.]+)-/m.exec(readFileSync('deploy/Dockerfile', 'utf8'))?.[1]
  if (version === undefined) throw new Error('deploy/Dockerfile names no version of node')
  return version
}

function json(value: unknown): Buffer {
  return Buffer.from(`${JSON.stringify(value, null, 2)}\n`)
}

function sha256Of(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}
