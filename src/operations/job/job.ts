import { type Fault, faultIn, type Target } from '../../api/fault.ts'
import { JOB, POD } from '../../api/kinds.ts'
import { type Spec, TEXT_LIMIT } from '../../api/task.ts'
import { count, tail } from '../../lib/text.ts'
import {
  type Action,
  NOTHING,
  type Operation,
  type Plan,
  type Reader,
  type RunContext,
  type Seen,
} from '../contract.ts'
import type { Item } from '../item.ts'
import { called, isDone, targetOf } from '../shared/items.ts'
import { endOfJob } from '../shared/jobs.ts'
import { rightsOn } from '../shared/kinds.ts'
import { jobOf, targetOfJob } from './manifest.ts'
import { exits, loggedContainer, newest, whyNotRunning } from './pods.ts'

type JobSpec = NonNullable<Spec['operation']['job']>

interface SeenForJob extends Seen {
  readonly job: Item | undefined
  /** Unknown when there is nothing to say of them, and when they may not be looked at. */
  readonly pods: readonly Item[] | undefined
  /** The end of the log, once the Job has ended. */
  readonly log: string
}

/**
 * One Job, named after the run: a Rota that is restarted finds it and goes on waiting for it. A Job that failed is not run
 * again by Rota: how often it is tried is its own `backoffLimit`.
 */
export const job: Operation<JobSpec, SeenForJob> = {
  name: 'job',
  pastTense: 'ran',
  participle: 'run',
  rights: async () => [
    ...rightsOn([JOB], ['get', 'create', 'delete']),
    ...rightsOn([POD], ['list']),
    { group: '', resource: 'pods/log', verbs: ['get'] },
  ],
  observe,
  plan,
  async leftovers(run, read) {
    const found = await read.get(targetOfJob(run))
    if (!found || !isDone(found, run) || endOfJob(found)) return { actions: [] }
    const open = `${called(found)} and its pods, which do not end`
    return { actions: found.metadata.deletionTimestamp === undefined ? [deletion(found)] : [], open }
  },
}

async function observe(_: JobSpec, run: RunContext, read: Reader): Promise<SeenForJob> {
  const found = await read.get(targetOfJob(run))
  const items = found ? [found] : []
  const seen = { items, faults: [], job: found, pods: undefined, log: '' }
  if (!found || !isDone(found, run)) return seen
  const over = endOfJob(found) !== undefined
  // There is nothing to say of pods that run.
  if (!over && (found.status?.ready ?? 0) > 0) return seen
  const pods = await podsOf(found, read)
  return { ...seen, pods, log: over ? await logOf(found, pods ?? [], run, read) : '' }
}

/** The result does not hang on them: they only tell why. */
async function podsOf({ metadata }: Item, read: Reader): Promise<readonly Item[] | undefined> {
  const pods: Item[] = []
  try {
    const labels = `batch.kubernetes.io/job-name=${metadata.name}`
    for await (const page of read.list(POD, metadata.namespace, labels)) pods.push(...page)
    return pods
  } catch (error) {
    faultIn(error)
    return undefined
  }
}

/** Of the newest pod. Only in the task's own namespace: who reads the task must not read the logs of another one. */
async function logOf(of: Item, pods: readonly Item[], run: RunContext, read: Reader): Promise<string> {
  const { namespace, name } = of.metadata
  if (namespace !== run.task.namespace) return `its log stays there: kubectl logs -n ${namespace} job/${name}`
  const pod = newest(pods)
  if (!pod) return ''
  try {
    return tail(clean(await read.logTail(namespace, pod.metadata.name, loggedContainer(pod))), TEXT_LIMIT)
  } catch (error) {
    const { message, remedy } = faultIn(error)
    return `its log could not be read: ${message}${remedy === undefined ? '' : `; to allow it: ${remedy}`}`
  }
}

/** Without colours and whatever else moves the cursor of a terminal. */
function clean(log: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for
  return log.replace(/\x1b\[[0-9;?]*[ -/]*[@-~]|\r(?=\n)|[\x00-\x08\x0b-\x1f\x7f]/g, '')
}

function plan(spec: JobSpec, { job: found, pods, log }: SeenForJob, run: RunContext): Plan {
  const target = targetOfJob(run)
  const name = `Job/${target.name}`
  if (!found) {
    // It has begun, so it is not begun again.
    if (run.changed.some(one => one.name === target.name)) return { ...NOTHING, faults: [deleted(target)] }
    const action: Action = { do: 'Create', target, body: jobOf(spec, run), says: `${name}: created` }
    return { ...NOTHING, actions: [action], pending: `waits for ${name}` }
  }
  if (!isDone(found, run)) {
    const message = `${name} is there already, and not of this run: delete it, or let it end`
    return { ...NOTHING, faults: [fault('NameTaken', message, target)] }
  }
  const end = endOfJob(found)
  if (!end && found.metadata.deletionTimestamp !== undefined) return { ...NOTHING, faults: [deleted(target)] }
  const done = [target]
  if (!end) {
    const why = pods ? whyNotRunning(pods) : ''
    return { ...NOTHING, done, pending: `waits for ${name}${why === '' ? '' : `: ${why}`}` }
  }
  const output = log === '' ? {} : { output: log }
  if (end.type === 'Complete') return { ...NOTHING, done, ...output }
  return { ...NOTHING, done, faults: [fault('JobFailed', failure(found, pods), target)], ...output }
}

function failure(found: Item, pods: readonly Item[] = []): string {
  const { failed = 0 } = found.status ?? {}
  const { reason, message } = endOfJob(found) ?? {}
  const codes = exits(pods)
  const times = failed > 1 ? ` ${count(failed, 'time')}` : ''
  const how = codes === '' ? '' : `${times && ','} with ${codes}`
  // That all tries have failed has been said.
  const why = reason === 'BackoffLimitExceeded' && how !== '' ? '' : [reason, message].filter(Boolean).join(', ')
  return `${called(found)} failed${times}${how}${why && `: ${why}`}`
}

function deletion(found: Item): Action {
  return {
    do: 'Delete',
    target: targetOf(found),
    uid: found.metadata.uid,
    wait: true,
    says: `${called(found)}: deleted`,
  }
}

function deleted(target: Target): Fault {
  return fault('JobDeleted', `Job/${target.name} was deleted by others before it ended`, target)
}

function fault(reason: string, message: string, target: Target): Fault {
  return { class: 'Invalid', reason, message, target }
}
