import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { goEnvironment } from './go.ts'
import { withLock } from './lock.ts'
import { minutes, showProgress } from './progress.ts'
import { type Reaper, startReaper } from './reaper-client.ts'
import { type Component, components, moduleFolder, packages, readRecipe } from './recipe.ts'

/**
 * Builds all components into `folder`, which appears with the last of them or not at all. `isDone` is asked once more when
 * another process may have done it meanwhile.
 */
export async function buildControlPlane(folder: string, isDone: () => boolean): Promise<void> {
  mkdirSync(dirname(folder), { recursive: true })
  const waiting = (pid: number): void => console.log(`Waiting for process ${pid}, which is building the control plane`)
  await withLock(`${folder}.lock`, waiting, async () => {
    if (isDone()) return
    const partial = `${folder}.${process.pid}.partial`
    mkdirSync(partial)
    const reaper = startReaper(partial)
    try {
      await buildInto(partial, reaper)
      rmSync(folder, { recursive: true, force: true }) // somebody may have taken files out of it
      renameSync(partial, folder)
    } finally {
      await reaper.reap()
    }
  })
}

// One after the other: go uses all cores for each, and all six in one call took no less time and told less.
async function buildInto(folder: string, reaper: Reaper): Promise<void> {
  const seconds = components.reduce((sum, name) => sum + packages[name].seconds, 0)
  const usual = `about ${Math.ceil(seconds / 60)} minutes`
  console.log(
    `Building the control plane with Go, once: ${usual} on 2 cores, less where Go's own cache has parts of it`,
  )
  const start = performance.now()
  for (const [index, name] of components.entries()) {
    const state = { doing: 'compiling' }
    const progress = showProgress(
      () =>
        `[${index + 1}/${components.length}] ${state.doing} ${name}, ${minutes(performance.now() - start)} of ${usual}`,
    )
    try {
      await goBuild(name, folder, reaper, line => {
        state.doing = line.startsWith('go: downloading') ? 'downloading modules for' : 'compiling'
      })
    } finally {
      progress.end()
    }
  }
  console.log(`Built the control plane in ${minutes(performance.now() - start)}`)
}

async function goBuild(name: Component, folder: string, reaper: Reaper, onLine: (line: string) => void): Promise<void> {
  const args = ['build', ...readRecipe().flags, '-v', '-o', join(folder, name), packages[name].path]
  const go = spawn('go', args, {
    cwd: moduleFolder,
    stdio: ['ignore', 'ignore', 'pipe'],
    // GOFLAGS could add to the flags, and then the key would lie. What Go leaves behind when killed goes with the folder.
    env: { ...process.env, ...goEnvironment, GOFLAGS: '', GOTMPDIR: folder },
  })
  if (go.pid !== undefined) reaper.watchOver('go', go.pid)
  const complaints: string[] = []
  createInterface({ input: go.stderr }).on('line', line => {
    onLine(line)
    // -v names every package as it is compiled; what else go writes may be the reason of a failure.
    if (!isPackage(line)) complaints.push(line)
  })
  const [code, signal] = await once(go, 'close')
  reaper.forget('go')
  if (code === 0) return
  const tail = complaints.slice(-20).join('\n')
  throw new Error(`Building ${name} failed (${signal ?? `go's exit code ${code}`}):\n${tail}`)
}

function isPackage(line: string): boolean {
  return /^[\w.~/-]+$/.test(line)
}
