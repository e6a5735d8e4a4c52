import { FaultError } from '../api/fault.ts'
import type { ScheduledTask } from '../api/task.ts'
import { pause } from '../lib/clock.ts'
import { SECOND } from '../lib/instant.ts'
import type { TaskAccess } from './access.ts'
import { CommandError, type Io } from './io.ts'
import { painter } from './paint.ts'

/** After so long without an answer somebody should look whether an operator is there at all. */
const UNANSWERED = 15 * SECOND

export interface Looked<T> {
  /** What to tell on the way; the same words are told once. */
  readonly says: string
  /** Whether an operator has taken it up. */
  readonly taken: boolean
  /** The end of the waiting. */
  readonly result?: T
}

/**
 * Watches a task until `look` has a result; however often the connection breaks. Progress goes to standard error.
 * @throws CommandError when the time is over or the task is gone
 */
export async function watching<T>(
  io: Io,
  access: TaskAccess,
  timeout: number,
  look: (task: ScheduledTask) => Looked<T>,
): Promise<T> {
  const { clock, err } = io
  const paint = painter(io, err)
  const over = new AbortController()
  const cancels = [clock.at(clock.now() + timeout, () => over.abort())]
  const signal = AbortSignal.any([io.signal, over.signal])
  let told = ''
  let taken = false
  const tell = (text: string) => {
    if (text !== told && text !== '') err.write(`${paint('dim', `${access.key}: ${text}`)}\n`)
    told = text
  }
  cancels.push(
    clock.at(clock.now() + UNANSWERED, () => {
      if (!taken) tell('nobody has taken it up yet: is the operator running, and does it serve this namespace?')
    }),
  )
  try {
    while (!signal.aborted) {
      try {
        for await (const { type, object } of access.watch(signal)) {
          if (type === 'DELETED') throw new CommandError(`ScheduledTask ${access.key} was deleted`)
          if (type !== 'ADDED' && type !== 'MODIFIED') break
          const looked = look(object)
          taken ||= looked.taken
          tell(looked.says)
          if (looked.result !== undefined) return looked.result
        }
      } catch (error) {
        if (signal.aborted) break
        if (!(error instanceof FaultError)) throw error
        if (error.fault.reason === 'Forbidden')
          throw new CommandError(`you may not watch ScheduledTask ${access.key}: leave --wait out`)
        tell(error.message)
        await pause(clock, SECOND, signal)
      }
    }
  } finally {
    for (const cancel of cancels) cancel()
  }
  const after = io.signal.aborted ? 'interrupted' : `not done within ${Math.round(timeout / SECOND)} s`
  throw new CommandError(`${access.key}: ${after}; what was asked for goes on: see rota why ${access.key}`)
}
