import { USUAL_SLEEPERS } from '../api/kinds.ts'
import type { OperationName, Spec } from '../api/task.ts'
import { apply } from './apply/apply.ts'
import { cleanup } from './cleanup/cleanup.ts'
import type { Bound, Operation, Seen } from './contract.ts'
import { createNamespace } from './create-namespace/create-namespace.ts'
import { deleteNamespace } from './delete-namespace/delete-namespace.ts'
import { job } from './job/job.ts'
import { patch } from './patch/patch.ts'
import { restart } from './restart/restart.ts'
import { scale } from './scale/scale.ts'
import { sleep } from './sleep/sleep.ts'
import { wake } from './wake/wake.ts'

/** What a task has put to sleep, so that its first concern is to end that: the kinds of it. */
export interface OwnSleep {
  readonly kinds: readonly string[]
}

/** The operation of a run. A wake is everybody's with the stand-alone operation, else that of the task's own sleep. */
export function operationFor(name: OperationName, { operation }: Spec, ownSleep?: OwnSleep): Bound | undefined {
  const { sleep: slept, wake: woken } = operation
  switch (name) {
    case 'wake': {
      if (woken && !ownSleep) return bind(wake, { ...woken, holders: 'All', choice: woken })
      const kinds = [...new Set([...USUAL_SLEEPERS, ...(slept?.kinds ?? []), ...(ownSleep?.kinds ?? [])])]
      const verify = slept?.verify
      return bind(wake, { holders: 'Own', kinds, choice: {}, ...(verify && { verify }) })
    }
    case 'sleep':
      return slept && bind(sleep, slept)
    case 'scale':
      return operation.scale && bind(scale, operation.scale)
    case 'restart':
      return operation.restart && bind(restart, operation.restart)
    case 'cleanup':
      return operation.cleanup && bind(cleanup, operation.cleanup)
    case 'createNamespace':
      return operation.createNamespace && bind(createNamespace, operation.createNamespace)
    case 'deleteNamespace':
      return operation.deleteNamespace && bind(deleteNamespace, operation.deleteNamespace)
    case 'patch':
      return operation.patch && bind(patch, operation.patch)
    case 'apply':
      return operation.apply && bind(apply, operation.apply)
    case 'job':
      return operation.job && bind(job, operation.job)
  }
}

/** How to find what must not outlive a run of this operation, whatever the spec says by now. */
export function leftoversOf(name: OperationName): Bound['leftovers'] {
  return name === 'job' ? job.leftovers : undefined
}

type Verified = { readonly verify?: { readonly timeoutSeconds: number } }

function bind<S extends object, Found extends Seen>(operation: Operation<S, Found>, spec: S): Bound {
  const { rights, observe, plan, unverified, undone, ...same } = operation
  const { verify } = spec as Verified
  return {
    ...same,
    ...(verify && { verifySeconds: verify.timeoutSeconds }),
    rights: discovery => rights(spec, discovery),
    observe: (run, read) => observe(spec, run, read),
    // What is planned for is what the same operation has observed.
    plan: (seen, run) => plan(spec, seen as Found, run),
    ...(unverified && { unverified: (run, read) => unverified(spec, run, read) }),
    ...(undone && { undone: (run, read) => undone(spec, run, read) }),
  }
}
