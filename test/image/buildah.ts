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

/** Builds deploy/Dockerfile on top of this machine's own node and C library, without any registry. */
export function buildImage(folder: string): Built {
  const env = { ...process.env, BUILDAH_ISOLATION: 'chroot' }
  const storage = ['--storage-driver', 'vfs', '--root', join(folder, 'storage'), '--runroot', join(folder, 'run')]
  const buildah = (...words: readonly string[]) =>
    execFileSync('buildah', [...storage, ...words], { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim()
  const base = buildah('from', 'scratch')
  buildah('copy', base, localBase(join(folder, 'base')), '/')
  buildah('commit', '--quiet', base, LOCAL_BASE)
  const from = ['--build-arg', `NODE_IMAGE=${LOCAL_BASE}`, '--pull-never']
  buildah('bud', '--quiet', ...from, '-t', 'localhost/rota:test', '-f', 'deploy/Dockerfile', 'dist')
  const container = buildah('from', '--pull-never', 'localhost/rota:test')
  const root = join(folder, 'root')
  cpSync(buildah('mount', container), root, { recursive: true, verbatimSymlinks: true })
  buildah('umount', container)
  const { OCIv1 } = JSON.parse(buildah('inspect', '--type', 'image', 'localhost/rota:test')) as {
    OCIv1: { config: Built['config'] }
  }
  const bytes = Number(execFileSync('du', ['-sb', root], { encoding: 'utf8' }).split('\t')[0])
  return { root, config: OCIv1.config, bytes }
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
