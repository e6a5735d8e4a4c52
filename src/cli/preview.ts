import { FaultError } from '../api/fault.ts'
import type { ScheduledTask } from '../api/task.ts'
import type { Client } from '../kube/client.ts'
import { discoveryOf } from '../kube/discovery.ts'
import { type ClusterAccess, type ClusterFlags, clusterAccess, taskIn, tasksIn } from './access.ts'
import { BOUNDS, SETTINGS } from './assumed.ts'
import { complaintsIn, type FileRead, nameOf, readFiles } from './files.ts'
import { CommandError, DONE, FAILED, type Io, misuse } from './io.ts'
import { painter } from './paint.ts'
import { type Eyes, runAhead } from './preview/look.ts'
import type { Preview } from './preview/model.ts'
import { operationsOf, outlook } from './preview/outlook.ts'
import { asApplied, knownTasks, type Subject, type Written } from './preview/tasks.ts'
import { asText } from './preview/text.ts'

export interface PreviewFlags extends ClusterFlags {
  readonly filename?: readonly string[]
  readonly asTask?: boolean
}

/** `rota preview`: when a task runs next, and what a run would change now. Status 0 only if all of it would succeed. */
export async function preview(io: Io, name: string | undefined, flags: PreviewFlags): Promise<number> {
  const { filename, output } = flags
  if ((name === undefined) === (filename === undefined)) misuse('give one of NAME and -f FILE')
  const files = filename === undefined ? [] : readFiles(io, filename)
  const mistakes = complaintsIn(io, files)
  if (mistakes.json.length > 0) {
    io.out.write(output === 'json' ? asJson(mistakes.json, []) : mistakes.lines.join(''))
    return FAILED
  }
  if (filename !== undefined && files.every(({ tasks }) => tasks.length === 0))
    throw new CommandError(`${filename.join(', ')}: there is no ScheduledTask in it`)
  const cluster = await clusterAccess(io, flags)
  try {
    const subjects =
      name === undefined ? await inFiles(io, cluster, files, flags) : [await inCluster(io, cluster, name, flags)]
    const previews = await previewsOf(io, cluster, subjects, flags)
    const paint = painter(io, io.out)
    io.out.write(
      output === 'json' ? asJson([], previews) : previews.map(one => asText(one, io.clock.now(), paint)).join('\n'),
    )
    const isFine = previews.every(({ runs }) => runs.every(({ verdict }) => verdict === 'WouldSucceed'))
    return isFine ? DONE : FAILED
  } catch (error) {
    if (error instanceof FaultError) throw new CommandError(error.fault.message)
    throw error
  } finally {
    await cluster.close()
  }
}

function asJson(mistakes: readonly object[], previews: readonly Preview[]): string {
  return `${JSON.stringify({ mistakes, previews })}\n`
}

async function inCluster(io: Io, cluster: ClusterAccess, name: string, flags: PreviewFlags): Promise<Subject> {
  return { object: await taskIn(io, cluster, name, flags).read(), file: undefined, isInCluster: true }
}

async function inFiles(
  io: Io,
  cluster: ClusterAccess,
  files: readonly FileRead[],
  flags: PreviewFlags,
): Promise<readonly Subject[]> {
  const subjects: Subject[] = []
  for (const { file, tasks } of files) {
    for (const { line, object } of tasks) {
      const at = `${nameOf(file)}:${line}`
      // It has passed the check of manifests.
      const written = object as Written
      const { name, namespace: own } = written.metadata
      if (own && flags.namespace !== undefined && own !== flags.namespace)
        misuse(`${at}: metadata.namespace is ${own}, and --namespace=${flags.namespace} is another one`)
      const namespace = own ?? cluster.namespace
      const existing = await taskIn(io, cluster, `${namespace}/${name}`, flags).find()
      const applied = asApplied(written, namespace, existing, io.clock.now())
      subjects.push({ object: applied, file: at, isInCluster: existing !== undefined })
    }
  }
  return subjects
}

async function previewsOf(
  io: Io,
  cluster: ClusterAccess,
  subjects: readonly Subject[],
  { asTask = false }: PreviewFlags,
): Promise<readonly Preview[]> {
  const { client } = cluster
  const everywhere = await tasksIn(io, client, undefined)
  const known = knownTasks(everywhere ?? (await besides(io, client, subjects)), subjects, everywhere !== undefined)
  const now = io.clock.now()
  const discovery = discoveryOf(client, io.clock)
  const assumed = { settings: SETTINGS, ownNamespace: BOUNDS.ownNamespace }
  const eyes: Eyes = { client, discovery, others: known, ...assumed, now, signal: io.signal, asTask }
  const previews: Preview[] = []
  for (const subject of subjects) {
    const task = known.task(subject.object)
    const runs = []
    for (const operation of operationsOf(task)) runs.push(await runAhead(eyes, task, operation))
    previews.push({ ...outlook(subject, task, now), seenAs: asTask ? 'Account' : 'Caller', runs })
  }
  return previews
}

/** Of the namespaces of these tasks, as far as the caller may see them. */
async function besides(io: Io, client: Client, subjects: readonly Subject[]): Promise<readonly ScheduledTask[]> {
  const found: ScheduledTask[] = []
  for (const namespace of new Set(subjects.map(({ object }) => object.metadata.namespace)))
    found.push(...((await tasksIn(io, client, namespace)) ?? []))
  return found
}
