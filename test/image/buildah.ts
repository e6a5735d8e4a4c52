import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** In the image that stands in for Debian's with node, for the stage that puts the root file system together. */
const PROGRAMS = ['sh', 'bash', 'cat', 'chmod', 'cp', 'dirname', 'grep', 'ldd', 'mkdir']
/** The base that is named while no registry is asked. */
const LOCAL_BASE = 'localhost/node:local'

export interface Built {
  /** A copy of the root file system. */
  readonly root: string
  readonly config: { readonly User?: string; readonly Entrypoint?: readonly string[]; readonly Env?: readonly string[] }
  /** Of all files together. */
  readonly bytes: number
}

/** What keeps this machine from building and running images; undefined when nothing does. */
export function whyNoImages(): string | undefined {
  if (process.platform !== 'linux') return 'it takes Linux'
  if (process.getuid?.() !== 0) return 'it takes root'
  if (spawnSync('buildah', ['--version']).status !== 0) return 'there is no buildah (apt-get install buildah)'
  if (spawnSync('unshare', ['--mount', 'true']).status !== 0) return 'nothing can be mounted here'
  return undefined
}

/** Images that are built here, on top of nothing that is fetched. */
export interface Images {
  /** deploy/Dockerfile, on top of this machine's own node and C library. */
  rota(): void
  /** An image of one static program. */
  program(name: string, file: string): void
  /** The image of Rota, looked at. */
  unpacked(): Built
  /** An image as a file, as a container runtime imports it. */
  archived(name: string): string
}

export const ROTA_IMAGE = 'localhost/rota:test'

/** What buildah keeps is in the folder. */
export function imagesIn(folder: string): Images {
  const env = { ...process.env, BUILDAH_ISOLATION: 'chroot' }
  const storage = ['--storage-driver', 'vfs', '--root', join(folder, 'storage'), '--runroot', join(folder, 'run')]
  const buildah = (...words: readonly string[]) =>
    execFileSync('buildah', [...storage, ...words], { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim()
  const fromScratch = (name: string, from: string, to: string, ...config: readonly string[]) => {
    const container = buildah('from', 'scratch')
    buildah('copy', container, from, to)
    if (config.length > 0) buildah('config', ...config, container)
    buildah('commit', '--quiet', container, name)
  }
  return {
    rota() {
      fromScratch(LOCAL_BASE, localBase(join(folder, 'base')), '/')
      const from = ['--build-arg', `NODE_IMAGE=${LOCAL_BASE}`, '--pull-never']
      buildah('bud', '--quiet', ...from, '-t', ROTA_IMAGE, '-f', 'deploy/Dockerfile', 'dist')
    },
    program(name, file) {
      fromScratch(name, file, '/program', '--entrypoint', '["/program"]', '--user', '65532:65532')
    },
    unpacked() {
      const container = buildah('from', '--pull-never', ROTA_IMAGE)
      const root = join(folder, 'root')
      cpSync(buildah('mount', container), root, { recursive: true, verbatimSymlinks: true })
      buildah('umount', container)
      const { OCIv1 } = JSON.parse(buildah('inspect', '--type', 'image', ROTA_IMAGE)) as {
        OCIv1: { config: Built['config'] }
      }
      const bytes = Number(execFileSync('du', ['-sb', root], { encoding: 'utf8' }).split('\t')[0])
      return { root, config: OCIv1.config, bytes }
    },
    archived(name) {
      const file = join(folder, `${name.replaceAll(/\W/g, '-')}.tar`)
      buildah('push', '--quiet', name, `docker-archive:${file}:${name}`)
      return file
    },
  }
}

function localBase(folder: string): string {
  const add = (from: string, to: string) => {
    mkdirSync(dirname(join(folder, to)), { recursive: true })
    cpSync(realpathSync(from), join(folder, to))
  }
  const found = PROGRAMS.map(name => execFileSync('which', [name], { encoding: 'utf8' }).trim())
  for (const program of found) add(program, `/bin/${program.split('/').at(-1)}`)
  add(process.execPath, '/usr/local/bin/node')
  for (const program of [...found, process.execPath]) {
    // Of a script it says that there is nothing to load.
    const { stdout } = spawnSync('ldd', [program], { encoding: 'utf8' })
    for (const [library] of stdout.matchAll(/\/\S+/g)) if (!library.endsWith(':')) add(library, library)
  }
  return folder
}
