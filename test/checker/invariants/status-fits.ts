import type { Status } from '../../../src/api/task.ts'
import { stepsOf } from '../runs.ts'
import type { Invariant } from '../violation.ts'
import { newEntries } from './one-outcome.ts'

/** 18: each status that Rota writes agrees with itself and with the spec that it stands beside. */
export const statusFits: Invariant = ({ tasks }) =>
  tasks.flatMap(life =>
    stepsOf(life).flatMap(step => {
      const { task, revision } = step.after
      const { metadata } = task
      const status: Partial<Status> = task.status ?? {}
      const say = (message: string) => [{ invariant: 18, about: life.key, message: `${message} (version ${revision})` }]
      const { activeRun, phase, observedGeneration, history, lastResult, nextRuns = [] } = status
      const isOld = JSON.stringify(status) === JSON.stringify(step.before.task.status ?? {})
      if (isOld) return []
      const [newest] = newEntries(step)
      return [
        ...(phase === 'Running' && !activeRun ? say('phase Running, and no run is active') : []),
        ...(activeRun && phase !== 'Running' && phase !== 'Stalled' ? say(`phase ${phase}, and a run is active`) : []),
        ...(observedGeneration !== metadata.generation
          ? say(`observedGeneration ${observedGeneration} in generation ${metadata.generation}`)
          : []),
        ...(nextRuns.some((next, index) => Date.parse(next) >= Date.parse(nextRuns[index + 1] ?? ''))
          ? say(`nextRuns ${nextRuns.join(', ')} are not in order`)
          : []),
        ...(newest && history?.[0]?.result !== lastResult
          ? say(`lastResult ${lastResult}, and the newest record says ${history?.[0]?.result}`)
          : []),
      ]
    }),
  )
