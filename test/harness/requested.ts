import type { Status } from '../../src/api/task.ts'
import type { Api } from './api.ts'
import { ended } from './proxied-operator.ts'

/** Asks for a run and waits for its end; one token for each run. @returns the status with its record */
export async function ranFor(
  api: Api,
  namespace: string,
  name: string,
  token = '1',
  timeout?: number,
): Promise<Status> {
  await api.annotate(namespace, name, { 'rota.dev/run': token })
  return endOf(api, namespace, name, token, timeout)
}

/** Waits for the end of the run that was asked for by this token. */
export async function endOf(api: Api, namespace: string, name: string, token = '1', timeout?: number): Promise<Status> {
  const isOver = (task: Parameters<typeof ended>[0]) => task.status?.handled?.run === token && ended(task)
  const { status } = await api.untilTask(namespace, name, `the run for ${token} has ended`, isOver, timeout)
  if (!status) throw new Error('there is no status')
  return status
}
