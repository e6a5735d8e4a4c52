import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import type { Reaper } from './reaper-client.ts'

/** What a test may do to a component of the control plane. */
export interface ProcessControl {
  readonly name: string
  readonly pid: number | undefined
  readonly logFile: string
  /** Ends it as a crash would; resolves once it is gone. */
  kill(): Promise<void>
  /** Ends it as a rollout would, and as a crash would where it takes too long; resolves once it is gone. */
  stop(): Promise<void>
  /** Starts it again with the same port, data and credentials; resolves once it is ready. */
  start(): Promise<void>
  /** Freezes it: connections stay open, nothing is answered. */
  pause(): void
  resume(): void
}

export interface ProcessSpec {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly logFile: string
  readonly reaper: Reaper
  /** Resolves once it does its work; `died` aborts with the reason when it ends before. */
  readonly ready: (died: AbortSignal) => Promise<unknown>
}

const patience = 20_000

export function createProcess({ name, command, args, logFile, reaper, ready }: ProcessSpec): ProcessControl {
  let child: ChildProcess | undefined
  let gone: Promise<void> = Promise.resolve()
  let isWanted = false

  function launch(): AbortSignal {
    const log = openSync(logFile, 'a')
    // In a session of its own, so that Ctrl-C in a terminal reaches us alone and we choose the order of the end.
    const started = spawn(command, args, { stdio: ['ignore', log, log], detached: true, cwd: '/' })
    closeSync(log)
    started.unref()
    if (started.pid !== undefined) reaper.watchOver(name, started.pid)
    child = started
    isWanted = true
    const died = new AbortController()
    gone = new Promise(resolve => {
      const end = (how: string): void => {
        if (child === started) child = undefined
        reaper.forget(name)
        // A wanted end may have taken the log along.
        died.abort(new Error(reaper.reaping ? `${name} ended` : `${name} ended (${how}). Its log:\n${tail(logFile)}`))
        resolve()
      }
      started.once('error', error => end(error.message))
      started.once('exit', (code, signal) => end(signal ?? `exit code ${code}`))
    })
    return died.signal
  }

  function signal(which: NodeJS.Signals): void {
    if (!child) throw new Error(`${basename(command)} does not run: cannot send it ${which}`)
    child.kill(which)
  }

  async function end(which: NodeJS.Signals): Promise<void> {
    isWanted = false
    if (!child) return
    child.ref() // else Node may find nothing left to wait for
    signal(which)
    const force = setTimeout(() => child?.kill('SIGKILL'), patience)
    await gone
    clearTimeout(force)
  }

  return {
    name,
    logFile,
    get pid() {
      return child?.pid
    },
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    async start() {
      if (child) throw new Error(`${name} runs already: pid ${child.pid}`)
      const died = launch()
      try {
        await ready(died)
      } catch (error) {
        if (died.aborted || !(error instanceof Error)) throw error
        throw new Error(`${error.message}\nThe log of ${name}:\n${tail(logFile)}`, { cause: error })
      }
      died.throwIfAborted()
      died.addEventListener('abort', () => {
        if (isWanted && !reaper.reaping) console.error((died.reason as Error).message)
      })
    },
    pause: () => signal('SIGSTOP'),
    resume: () => signal('SIGCONT'),
  }
}

function tail(path: string, lines = 15): string {
  return readFileSync(path, 'utf8').trimEnd().split('\n').slice(-lines).join('\n')
}
