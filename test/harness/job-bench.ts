import { beforeAll } from 'vitest'
import type { ScheduledTask, Status } from '../../src/api/task.ts'
import { until } from '../cluster/until.ts'
import { createHome, shipRoles } from './accounts.ts'
import { sharedCluster } from './cluster.ts'
import { type Bench, bench } from './proxied-operator.ts'
import type { Passing } from './proxy.ts'
import { endOf, ranFor } from './requested.ts'

export const IMAGE = { image: 'example.invalid/backup:1' }
const TASK = 'backup'

interface JobBench extends Pick<Bench, 'behind' | 'start' | 'api'> {
  /** A namespace whose account `job` has the shipped role. */
  home(): Promise<string>
  createTask(namespace: string, job: object, spec?: object): Promise<ScheduledTask>
  request(namespace: string): Promise<void>
  ran(namespace: string, token?: string): Promise<Status>
  end(namespace: string): Promise<Status>
  /** Waits until the run says so while it waits. */
  says(namespace: string, what: RegExp): Promise<ScheduledTask>
  names(plural: 'jobs' | 'pods', namespace: string): Promise<readonly string[]>
  untilJob(namespace: string): Promise<string>
}

/** For tests of tasks that are called `backup` and run a Job. */
export function jobBench(): JobBench {
  const cluster = sharedCluster()
  const { behind, start, api } = bench()
  beforeAll(() => shipRoles(cluster))
  const names = async (plural: 'jobs' | 'pods', namespace: string) =>
    (await (await api()).list(plural, namespace)).map(({ metadata }) => metadata.name)
  return {
    behind,
    start,
    api,
    names,
    home: () => createHome(cluster, 'job', 'job'),
    createTask: async (namespace, job, spec = {}) =>
      (await api()).createTask(namespace, TASK, { serviceAccountName: 'job', operation: { job }, ...spec }),
    request: async namespace => (await api()).annotate(namespace, TASK, { 'rota.dev/run': '1' }),
    ran: async (namespace, token) => ranFor(await api(), namespace, TASK, token),
    end: async namespace => endOf(await api(), namespace, TASK),
    says: async (namespace, what) =>
      (await api()).untilTask(namespace, TASK, `says ${what}`, ({ status }) => what.test(status?.lastMessage ?? '')),
    untilJob: async namespace => {
      const [name = ''] = await until(
        'there is a Job',
        () => names('jobs', namespace),
        ({ length }) => length > 0,
      )
      return name
    },
  }
}

/** A Job from a template; the fake kubelet reads the annotations of its pods. */
export function template(annotations: object, { container = 'main', pod = {}, metadata = {} } = {}) {
  const spec = { restartPolicy: 'Never', containers: [{ ...IMAGE, name: container }], ...pod }
  return { template: { backoffLimit: 0, template: { metadata: { annotations, ...metadata }, spec } } }
}

export const ENDLESS = template({ 'kwok.test/run-for': '1h' })

/** A request that creates a Job in the name of an account. */
export function createsJob({ method, as, url }: Passing): boolean {
  return method === 'POST' && as !== '' && url.includes('/jobs')
}
