import type { Target } from '../../api/fault.ts'
import { JOB } from '../../api/kinds.ts'
import { API_VERSION, GROUP, KIND, LAST_RUN_ANNOTATION } from '../../api/names.ts'
import type { Spec } from '../../api/task.ts'
import type { Json } from '../../lib/json.ts'
import type { RunContext } from '../contract.ts'

type JobSpec = NonNullable<Spec['operation']['job']>

/** Labels of pods take so many characters, and the pods are labelled with the name of their Job. */
const LONGEST = 63
/** A Job that has ended is kept for a day, for people to look at. Seconds. */
const KEPT = 86_400

export function targetOfJob({ id, namespaces, task }: RunContext): Target {
  const start = task.name.replaceAll('.', '-').slice(0, LONGEST - id.length - 1)
  return { kind: JOB, namespace: namespaces[0] ?? task.namespace, name: `${start.replace(/-+$/, '')}-${id}` }
}

/** The Job of a run. It ends with the attempt also when no Rota is there any more to end it. */
export function jobOf(spec: JobSpec, run: RunContext): { readonly [key: string]: Json } {
  const { namespace, name } = targetOfJob(run)
  const { task } = run
  const owner = { apiVersion: API_VERSION, kind: KIND, name: task.name, uid: task.uid }
  return {
    apiVersion: 'batch/v1',
    kind: JOB.kind,
    metadata: {
      name,
      namespace,
      labels: { 'app.kubernetes.io/managed-by': 'rota', [`${GROUP}/task`]: task.name },
      annotations: { [LAST_RUN_ANNOTATION]: run.id },
      // Owners are never in another namespace.
      ...(namespace === task.namespace && { ownerReferences: [owner] }),
    },
    spec: {
      ttlSecondsAfterFinished: KEPT,
      activeDeadlineSeconds: run.timeoutSeconds,
      ...((spec.template as { readonly [key: string]: Json } | undefined) ?? fromImage(spec)),
    },
  }
}

function fromImage({ image = '', command, args, env }: JobSpec): { readonly [key: string]: Json } {
  const container = {
    name: 'main',
    image,
    ...(command && { command }),
    ...(args && { args }),
    ...(env && { env: env.map(({ name, value = '' }) => ({ name, value })) }),
  }
  return { backoffLimit: 0, template: { spec: { restartPolicy: 'Never', containers: [container] } } }
}
