import { type Fault, FaultError, type Target } from '../../api/fault.ts'
import { JOB, POD } from '../../api/kinds.ts'
import type { Spec } from '../../api/task.ts'
import type { Action, Operation, Plan, Reader, RunContext, Seen } from '../contract.ts'
import type { Item } from '../item.ts'
import { isDone } from '../shared/items.ts'
import { rightsOn } from '../shared/kinds.ts'
import { listAll } from '../shared/observe.ts'
import { jobOf, targetOfJob } from './manifest.ts'

type JobSpec = NonNullable<Spec['operation']['job']>

interface SeenForJob extends Seen {
  readonly job: Item | undefined
  readonly pods: readonly Item[]
  /** The end of the log, once the Job has ended. */
  readonly log: string
}

/** As much of the log is read as a record can hold. */
const LOG_BYTES = 4000

/**
 * One Job, named after the run: a Rota that is restarted finds it and goes on waiting for it. A Job that failed is not run
 * again by Rota: how often it is tried is its own `backoffLimit`.
 */
export const job: Operation<JobSpec, SeenForJob> = {
  name: 'job',
  pastTense: 'ran',
  rights: async () => [
    ...rightsOn([JOB], ['get', 'create', 'delete']),
    ...rightsOn([POD], ['list']),
    { group: '', resource: 'pods/log', verbs: ['get'] },
  ],
  observe,
  plan,
  async leftovers(_, run, read) {
    const found = await read.get(targetOfJob(run))
    if (!found || !isDone(found, run) || ended(found)) return { actions: [] }
    const pending = `waits until Job/${found.metadata.name} and its pods are gone`
    return found.metadata.deletionTimestamp === undefined
      ? { actions: [deletion(found)], pending }
      : { actions: [], pending }
  },
}

async function observe(_: JobSpec, run: RunContext, read: Reader): Promise<SeenForJob> {
  const found = await read.get(targetOfJob(run))
  const items = found ? [found] : []
  if (!found || !isDone(found, run) || !ended(found)) return { items, faults: [], job: found, pods: [], log: '' }
  const { items: all } = await listAll(read, [POD], run)
  const pods = all.filter(({ metadata }) => metadata.labels?.['batch.kubernetes.io/job-name'] === found.metadata.name)
  return { items, faults: [], job: found, pods, log: await logOf(pods, run, read) }
}

/** Of the newest pod. Only in the task's own namespace: who reads the task must not read the logs of another one. */
async function logOf(pods: readonly Item[], run: RunContext, read: Reader): Promise<string> {
  const [newest] = pods.toSorted((a, b) =>
    (a.metadata.creationTimestamp ?? '') < (b.metadata.creationTimestamp ?? '') ? 1 : -1,
  )
  if (!newest || newest.metadata.namespace !== run.task.namespace) return ''
  try {
    return await read.logTail(newest.metadata.namespace, newest.metadata.name, LOG_BYTES)
  } catch (error) {
    // The log is a help, and no result hangs on it.
    if (error instanceof FaultError) return `(its log could not be read: ${error.fault.message})`
    throw error
  }
}

function plan(spec: JobSpec, { job: found, pods, log }: SeenForJob, run: RunContext): Plan {
  const target = targetOfJob(run)
  const nothing = { actions: [], done: [], already: 0, left: [], faults: [] }
  const called = `Job/${target.name}`
  if (!found) {
    // Somebody deleted it while it was waited for: it has begun, so it is not begun again.
    if (run.changed.some(({ name }) => name === target.name))
      return { ...nothing, faults: [fault('JobDeleted', `${called} was deleted before it ended`, target)] }
    const action: Action = { do: 'Create', target, body: jobOf(spec, run), says: `${called}: created` }
    return { ...nothing, actions: [action], pending: `${called} has begun` }
  }
  if (!isDone(found, run))
    return { ...nothing, faults: [fault('NameTaken', `${called} is there already, and not of this run`, target)] }
  const end = ended(found)
  if (!end) {
    if (found.metadata.deletionTimestamp !== undefined)
      return { ...nothing, faults: [fault('JobDeleted', `${called} was deleted before it ended`, target)] }
    return { ...nothing, done: [target], pending: `${called} runs (${found.status?.active ?? 0} active)` }
  }
  const output = log === '' ? {} : { output: log }
  if (end.type === 'Complete') return { ...nothing, done: [target], ...output }
  const codes = [...new Set(pods.flatMap(exitCodes))].join(', ')
  const why = [codes && `exit code ${codes}`, end.reason, end.message].filter(Boolean).join('; ')
  return { ...nothing, done: [target], faults: [fault('JobFailed', `${called} failed: ${why}`, target)], ...output }
}

/** The condition that says that it has ended, and its pods with it. */
function ended({ status }: Item) {
  return status?.conditions?.find(one => (one.type === 'Complete' || one.type === 'Failed') && one.status === 'True')
}

function exitCodes({ status }: Item): readonly number[] {
  return (status?.containerStatuses ?? []).flatMap(({ state }) => state?.terminated?.exitCode ?? []).filter(Boolean)
}

function deletion(found: Item): Action {
  const { namespace, name, uid } = found.metadata
  return { do: 'Delete', target: { kind: JOB, namespace, name }, uid, wait: true, says: `Job/${name}: deleted` }
}

function fault(reason: string, message: string, target: Target): Fault {
  return { class: 'Invalid', reason, message, target }
}
