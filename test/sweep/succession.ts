import { HOUR } from '../../src/lib/instant.ts'
import { forkOperator, type OperatorOptions, startOperator } from '../harness/operator.ts'
import { EVENING } from './stage.ts'

/** Operators one after the other, with one clock, which begins an hour before the evening. */
export interface Succession {
  start(): Promise<void>
  /** Kills the one that works, and starts the next; resolves when the one is dead. */
  replace(): Promise<void>
  /** Stops the one that works for so long (SIGSTOP), if it is a process. Milliseconds. */
  freeze(milliseconds: number): void
  /** The newest one has started, if any was killed. */
  started(): Promise<void>
  stop(): Promise<void>
  jumpTo(instant: number): void
  now(): number
}

/** `main`: where they are to be killed or stopped, what runs in processes of their own. */
export function succession(options: Omit<OperatorOptions, 'start'>, main: string | undefined): Succession {
  let offset = EVENING - HOUR - Date.now()
  let starting: Promise<void> = Promise.resolve()
  let jump = (_: number): void => undefined
  let end = (): Promise<unknown> => Promise.resolve()
  let signal = (_: NodeJS.Signals): void => undefined
  let replaced: Promise<void> = Promise.resolve()
  let isOver = false
  const now = () => Date.now() + offset

  async function start(): Promise<void> {
    if (main === undefined) {
      const { clock, stop } = await startOperator({ ...options, start: now() })
      jump = instant => clock.jumpTo(Math.max(instant, clock.now()))
      end = stop
      return
    }
    const child = forkOperator({ ...options, start: now() }, main)
    let killed = false
    jump = child.jumpTo
    signal = name => void (!killed && process.kill(child.pid, name))
    end = () => {
      killed = true
      return child.kill()
    }
    await child.started.catch(error => {
      if (!killed) throw error
    })
  }

  async function next(): Promise<void> {
    jump = () => undefined
    await end()
    // The story may have ended meanwhile.
    if (isOver) return
    starting = start()
    // Told where it is waited for.
    starting.catch(() => undefined)
  }

  return {
    start,
    // One after the other: of two at once one would have no successor, and nobody who ends it.
    replace: () => {
      replaced = replaced.then(next)
      return replaced
    },
    freeze(milliseconds) {
      const frozen = signal
      frozen('SIGSTOP')
      setTimeout(() => frozen('SIGCONT'), milliseconds)
    },
    started: () => starting,
    async stop() {
      isOver = true
      await replaced
      await starting.finally(end)
    },
    jumpTo(instant) {
      if (instant <= now()) return
      offset = instant - Date.now()
      jump(instant)
    },
    now,
  }
}
