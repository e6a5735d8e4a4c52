import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, mkdirSync, mkdtempSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { freePorts } from '../cluster/ports.ts'
import { startReaper } from '../cluster/reaper-client.ts'
import { until } from '../cluster/until.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
export const LOG_FILE = '.cache/demo/rota.log'

export interface RunningOperator {
  readonly url: string
  readonly pid: number
  /** Milliseconds from its start until it was ready. */
  readonly readyAfter: number
  /** Rejects when it ends before it is told to. */
  readonly died: Promise<never>
  /** SIGTERM; resolves when it has ended. */
  stop(): Promise<void>
}

export interface OperatorOptions {
  /** From the root of the repository. */
  readonly logFile?: string
  /** Of Node itself. */
  readonly nodeFlags?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly flags?: readonly string[]
  /** Milliseconds between two looks whether it is ready, 100 unless told. */
  readonly interval?: number
}

/** Starts the bundled operator and waits until it is ready; its log goes to LOG_FILE, its warnings to `warn` as well. */
export async function startOperator(
  kubeconfig: string,
  warn: (line: string) => void,
  { logFile = LOG_FILE, nodeFlags = [], env = {}, flags: more = [], interval = 100 }: OperatorOptions = {},
): Promise<RunningOperator> {
  const log = join(root, logFile)
  mkdirSync(dirname(log), { recursive: true })
  const file = createWriteStream(log)
  const port = await freePort(8080)
  const flags = ['--kubeconfig', kubeconfig, '--port', String(port), '--insecure-local', '--log-format=text', ...more]
  const begun = performance.now()
  // In a session of its own, so that Ctrl-C in a terminal reaches us alone: it is we who end it, in order.
  const child = spawn(process.execPath, [...nodeFlags, join(root, 'dist/rota.js'), 'controller', ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
    detached: true,
  })
  // And should we be killed, somebody else has to.
  const reaper = startReaper(mkdtempSync(join(tmpdir(), 'rota-demo-')))
  if (child.pid !== undefined) reaper.watchOver('rota', child.pid)
  const last: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', line => {
      file.write(`${line}\n`)
      last.push(line)
      if (last.length > 5) last.shift()
      if (/^\S+ (WARN|ERROR) |"level":"(warn|error)"/.test(line)) warn(line)
    })
  }
  let isWanted = true
  const exited = once(child, 'close')
  const ended = new AbortController()
  const died = exited.then(([code, signal]) => {
    reaper.forget('rota')
    ended.abort()
    if (isWanted) throw new Error(`Rota ended (${signal ?? `exit code ${code}`}):\n${last.join('\n')}`)
    return new Promise<never>(() => {})
  })
  died.catch(() => {}) // whoever waits for it is told
  const stop = async (): Promise<void> => {
    isWanted = false
    child.kill('SIGTERM')
    await exited.catch(() => {})
    await reaper.reap()
    file.end()
  }
  const url = `http://127.0.0.1:${port}`
  const options = { signal: ended.signal, interval }
  const ready = until('Rota is ready', async () => (await fetch(`${url}/readyz`)).ok, Boolean, options)
  try {
    await Promise.race([ready, died])
  } catch (error) {
    await stop()
    throw error
  }
  return { url, pid: child.pid ?? 0, readyAfter: performance.now() - begun, died, stop }
}

/** The wanted port, or another one where somebody listens there. */
async function freePort(wanted: number): Promise<number> {
  const isFree = await new Promise<boolean>(resolve => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ host: '127.0.0.1', port: wanted, exclusive: true }, () => server.close(() => resolve(true)))
  })
  return isFree ? wanted : ((await freePorts(1))[0] ?? 0)
}
