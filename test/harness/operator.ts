import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Fact } from '../../src/api/facts.ts'
import { compose, type Operator } from '../../src/compose.ts'
import { type Config, configOf } from '../../src/config.ts'
import { type ShiftedClock, shiftedClock } from './shifted-clock.ts'

export interface OperatorOptions {
  readonly kubeconfig: string
  /** So that several operators can share one API server. */
  readonly namespaces: readonly string[]
  /** What its clock says at the start; now unless told. */
  readonly start?: number
  /** Milliseconds that its clock may differ from the API server's; any unless told, since it is shifted. */
  readonly clockTolerance?: number
  /** Flags by name, `max-task-workers: '2'`. */
  readonly flags?: Readonly<Record<string, string>>
}

export interface TestOperator extends Operator {
  readonly clock: ShiftedClock
  /** All facts so far. */
  readonly facts: Fact[]
  /** Lines of the log so far. */
  readonly lines: string[]
}

/** The settings of a test's operator: alone, on a free port, unless its flags say otherwise. */
export function testConfig({ kubeconfig, namespaces, flags }: OperatorOptions): Config {
  const alone = { 'leader-elect': 'false', 'insecure-local': 'true', port: '0', 'log-level': 'debug' }
  return configOf({ kubeconfig, namespace: namespaces, ...alone, ...flags }, {})
}

/** An operator in this process. The caller stops it. */
export async function startOperator(options: OperatorOptions): Promise<TestOperator> {
  const clock = shiftedClock(options.start)
  const facts: Fact[] = []
  const lines: string[] = []
  const operator = await compose(testConfig(options), {
    clock,
    logs: { write: line => void lines.push(line) },
    clockTolerance: options.clockTolerance ?? Number.POSITIVE_INFINITY,
    onFact: fact => void facts.push(fact),
  })
  return { ...operator, clock, facts, lines }
}

export interface ChildOperator {
  readonly facts: Fact[]
  readonly pid: number
  jumpTo(instant: number): void
  /** kill -9; resolves when it is dead. */
  kill(): Promise<void>
  /** SIGTERM; resolves with its exit status. */
  terminate(): Promise<number | null>
}

/** An operator in a process of its own, to be killed; resolves when it has started. */
export async function spawnOperator(options: OperatorOptions): Promise<ChildOperator> {
  const child = forkOperator(options)
  await child.started
  return child
}

/** The same, at once. `main` is operator-main.ts, or a bundle of it, which starts sooner. */
export function forkOperator(
  options: OperatorOptions,
  main = fileURLToPath(new URL('./operator-main.ts', import.meta.url)),
): ChildOperator & { readonly started: Promise<void> } {
  const child = fork(main, [JSON.stringify(options)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const facts: Fact[] = []
  const started = new Promise<void>((resolve, reject) => {
    child.on('message', message => {
      if (message === 'started') resolve()
      else facts.push(message as Fact)
    })
    child.once('exit', code => reject(new Error(`the operator ended with ${code} before it had started`)))
  })
  return {
    started,
    facts,
    pid: child.pid ?? 0,
    // One that has just been killed needs no clock.
    jumpTo: instant => void (child.connected && child.send({ jumpTo: instant }, () => undefined)),
    kill: async () => void (await ended(child, 'SIGKILL')),
    terminate: () => ended(child, 'SIGTERM'),
  }
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
  const exited = once(child, 'exit')
  child.kill(signal)
  const [code] = (await exited) as [number | null]
  return code
}
