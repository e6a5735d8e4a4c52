import type { OperationName, Spec } from '../api/task.ts'
import type { Bound, Operation } from './contract.ts'
import { restart } from './restart/restart.ts'
import { scale } from './scale/scale.ts'
import { sleep } from './sleep/sleep.ts'
import { wake } from './wake/wake.ts'

/**
 * The operation of a run. A wake is everybody's with the stand-alone operation, else that of the task's own sleep
 * (`sleepsItself`: the task has put something to sleep, so that its first concern is to end that).
 */
export function operationFor(name: OperationName, spec: Spec, sleepsItself: boolean): Bound | undefined {
  const { operation } = spec
  if (name === 'wake') {
    const standsAlone = operation.wake !== undefined && !sleepsItself
    return bind(wake, standsAlone ? { holders: 'All', choice: operation.wake } : { holders: 'Own', choice: {} })
  }
  if (name === 'sleep' && operation.sleep) return bind(sleep, operation.sleep)
  if (name === 'scale' && operation.scale) return bind(scale, operation.scale)
  if (name === 'restart' && operation.restart) return bind(restart, operation.restart)
  return undefined
}

function bind<S>(operation: Operation<S>, spec: S): Bound {
  return {
    name: operation.name,
    pastTense: operation.pastTense,
    rights: operation.rights(spec),
    observe: (run, read) => operation.observe(spec, run, read),
    plan: (seen, run) => operation.plan(spec, seen, run),
  }
}
