import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

export interface Reaper {
  watchOver(name: string, pid: number): void
  /** Must follow the end of a process soon, since its pid may be given to another. */
  forget(name: string): void
  /** True once the end of all is wanted. */
  readonly reaping: boolean
  /** Kills all that it watches over, removes the directory; resolves when that is done. */
  reap(): Promise<void>
}

/** Starts the process that outlives us; see reaper.ts. */
export function startReaper(directory: string): Reaper {
  const child = spawn(process.execPath, [fileURLToPath(new URL('reaper.ts', import.meta.url)), directory], {
    stdio: ['pipe', 'ignore', 'inherit'],
    detached: true,
    cwd: '/',
    // Options meant for our own process, such as a test runner's, are not for this one.
    env: { ...process.env, NODE_OPTIONS: '' },
  })
  const ended = once(child, 'exit')
  ended.catch(() => {})
  child.stdin.on('error', () => {}) // EPIPE, should somebody have killed it
  child.unref()
  const tell = (line: { name: string; pid?: number }): void => {
    if (child.stdin.writable) child.stdin.write(`${JSON.stringify(line)}\n`)
  }
  return {
    get reaping() {
      return child.stdin.writableEnded
    },
    watchOver: (name, pid) => tell({ name, pid }),
    forget: name => tell({ name }),
    async reap() {
      child.ref()
      child.stdin.end()
      await ended
    },
  }
}
