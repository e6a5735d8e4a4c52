import { stepsOf } from '../runs.ts'
import type { Invariant } from '../violation.ts'

/** Bytes. */
const STATUS_LIMIT = 16 * 1024

/** 5: the history is the newest first, without the same record twice, and no longer than asked for. */
export const historyInOrder: Invariant = ({ tasks }) =>
  tasks.flatMap(life =>
    stepsOf(life).flatMap(({ after: { task, revision } }) => {
      const history = task.status?.history ?? []
      const say = (message: string) => [{ invariant: 5, about: life.key, message: `${message} (version ${revision})` }]
      // A task that is older than the rules of its CRD may have one below zero.
      const limit = Math.max(0, task.spec.historyLimit ?? 10)
      const records = history.map(({ id, startTime, slotTime }) => `${id} ${startTime} ${slotTime}`)
      const twice = records.find((record, index) => records.indexOf(record) !== index)
      return [
        ...(history.length > limit ? say(`${history.length} entries, with a limit of ${limit}`) : []),
        ...(twice !== undefined ? say(`the history has ${twice} twice`) : []),
        ...(history.some(({ startTime }, index) => later(history[index + 1]?.startTime, startTime))
          ? say('the history is not in order')
          : []),
      ]
    }),
  )

function later(below: string | undefined, above: string | undefined): boolean {
  return below !== undefined && above !== undefined && Date.parse(below) > Date.parse(above)
}

/** 19: a status stays small. */
export const smallStatus: Invariant = ({ tasks }) =>
  tasks.flatMap(life =>
    stepsOf(life).flatMap(({ after: { task, revision } }) => {
      const bytes = Buffer.byteLength(JSON.stringify(task.status ?? {}))
      const message = `a status of ${bytes} bytes (version ${revision})`
      return bytes > STATUS_LIMIT ? [{ invariant: 19, about: life.key, message }] : []
    }),
  )
