import { API_VERSION, GROUP, KIND, PLURAL } from '../api/names.ts'
import type { ScheduledTask, Status } from '../api/task.ts'
import type { Tasks } from '../controller/ports.ts'
import type { Task } from '../decide/task.ts'
import type { Requests } from './client.ts'
import { tasksPath } from './paths.ts'
import { unlessGone } from './unless-gone.ts'

const RESOURCE = `${PLURAL}.${GROUP}`

/** Reads and writes ScheduledTasks in Rota's own name. Every write carries the resourceVersion it was computed from. */
export function tasksOf(client: Requests): Tasks {
  return {
    writeStatus(task: Task, status: Status): Promise<ScheduledTask> {
      const { namespace, name, uid, version: resourceVersion } = task
      return client.request({
        method: 'PUT',
        path: `${tasksPath(namespace)}/${name}/status`,
        body: {
          apiVersion: API_VERSION,
          kind: KIND,
          metadata: { name, namespace, uid, resourceVersion },
          spec: task.spec,
          status,
        },
        verb: 'update',
        resource: `${PLURAL}/status.${GROUP}`,
        namespace,
      })
    },
    writeFinalizers(task: Task, finalizers: readonly string[]): Promise<ScheduledTask> {
      const { namespace, name, uid, version: resourceVersion } = task
      return client.request({
        method: 'PATCH',
        path: `${tasksPath(namespace)}/${name}`,
        body: { metadata: { uid, resourceVersion, finalizers } },
        verb: 'patch',
        resource: RESOURCE,
        namespace,
      })
    },
    read(namespace: string, name: string): Promise<ScheduledTask | undefined> {
      const path = `${tasksPath(namespace)}/${name}`
      return unlessGone(client.request({ method: 'GET', path, verb: 'get', resource: RESOURCE, namespace }))
    },
  }
}
