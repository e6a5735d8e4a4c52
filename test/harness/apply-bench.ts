import { beforeAll } from 'vitest'
import { stringify } from 'yaml'
import type { ScheduledTask, Status } from '../../src/api/task.ts'
import { createHome, shipRoles } from './accounts.ts'
import { get, sharedCluster } from './cluster.ts'
import { type Bench, bench, writesTarget } from './proxied-operator.ts'
import type { Passing } from './proxy.ts'
import { endOf, ranFor } from './requested.ts'

interface Stored {
  readonly metadata: {
    readonly resourceVersion: string
    readonly annotations?: Readonly<Record<string, string>>
    readonly managedFields?: readonly {
      readonly manager: string
      readonly operation: string
      readonly fieldsV1: object
    }[]
  }
  readonly data?: Readonly<Record<string, string>>
}

const TASK = 'task'

interface ApplyBench extends Pick<Bench, 'behind' | 'start' | 'gate' | 'api'> {
  /** A namespace whose account `apply` has the shipped role. */
  home(): Promise<string>
  createTask(namespace: string, documents: readonly object[], spec?: object, name?: string): Promise<ScheduledTask>
  /** Other documents in the place of those that it had. */
  edit(namespace: string, documents: readonly object[], more?: object): Promise<unknown>
  request(namespace: string): Promise<void>
  ran(namespace: string, token?: string, name?: string): Promise<Status>
  end(namespace: string): Promise<Status>
  stored(namespace: string, what: string): Promise<Stored>
  /** Of the ConfigMaps that somebody has made. */
  names(namespace: string): Promise<readonly string[]>
  /** As another manager, by server-side apply. */
  applyAs(manager: string, namespace: string, object: object): Promise<unknown>
}

/** For tests of tasks that are called `task` and apply manifests. */
export function applyBench(): ApplyBench {
  const cluster = sharedCluster()
  const { behind, start, gate, api } = bench()
  beforeAll(() => shipRoles(cluster))
  return {
    behind,
    start,
    gate,
    api,
    home: () => createHome(cluster, 'apply', 'apply'),
    createTask: async (namespace, documents, spec = {}, name = TASK) =>
      (await api()).createTask(namespace, name, {
        serviceAccountName: 'apply',
        operation: { apply: { manifests: textOf(documents) } },
        ...spec,
      }),
    edit: async (namespace, documents, more = {}) =>
      (await api()).patch('scheduledtasks', namespace, TASK, {
        spec: { operation: { apply: { manifests: textOf(documents), ...more } } },
      }),
    request: async namespace => (await api()).annotate(namespace, TASK, { 'rota.dev/run': '1' }),
    ran: async (namespace, token, name = TASK) => ranFor(await api(), namespace, name, token),
    end: async namespace => endOf(await api(), namespace, TASK),
    stored: (namespace, what) => get<Stored>(cluster, what, namespace),
    names: async namespace =>
      (await (await api()).list('configmaps', namespace))
        .map(({ metadata }) => metadata.name)
        .filter(name => name !== 'kube-root-ca.crt'),
    applyAs: (manager, namespace, object) =>
      cluster.kubectl(['apply', '--server-side', `--field-manager=${manager}`, '-n', namespace, '-f', '-'], {
        input: JSON.stringify(object),
      }),
  }
}

export function configMap(name: string, data: object = { level: 'info' }, metadata: object = {}): object {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...metadata }, data }
}

/** Writes in the name of accounts, but no trials. */
export function reallyWrites(request: Passing): boolean {
  return writesTarget(request) && !request.url.includes('dryRun')
}

function textOf(documents: readonly object[]): string {
  return documents.map(one => stringify(one)).join('---\n')
}
