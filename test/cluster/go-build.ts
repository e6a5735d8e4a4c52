import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setPriority } from 'node:os'
import { createInterface } from 'node:readline'
import { goEnvironment } from './go.ts'
import type { Reaper } from './reaper-client.ts'

export interface GoProgram {
  /** The folder of the go.mod that pins its versions. */
  readonly module: string
  /** Its main package. */
  readonly path: string
  readonly flags: readonly string[]
}

/** Builds one program to the file `out` in `folder`. @throws Error with the compiler's complaints */
export async function goBuild(
  { module, path, flags }: GoProgram,
  { folder, out }: { readonly folder: string; readonly out: string },
  reaper: Reaper,
  onLine: (line: string) => void = () => {},
): Promise<void> {
  const go = spawn('go', ['build', ...flags, '-v', '-o', `${folder}/${out}`, path], {
    cwd: module,
    stdio: ['ignore', 'ignore', 'pipe'],
    // GOFLAGS could add to the flags, and then the key would lie. What Go leaves behind when killed goes with the folder.
    env: { ...process.env, ...goEnvironment, GOFLAGS: '', GOTMPDIR: folder },
  })
  if (go.pid !== undefined) {
    reaper.watchOver('go', go.pid)
    // Tests may run meanwhile.
    setPriority(go.pid, 10)
  }
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
  throw new Error(`Building ${out} failed (${signal ?? `go's exit code ${code}`}):\n${tail}`)
}

function isPackage(line: string): boolean {
  return /^[\w.~/-]+$/.test(line)
}
