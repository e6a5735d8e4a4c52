import { onTestFinished } from 'vitest'
import type { OperationName } from '../../src/api/task.ts'
import type { ClusterAccess } from '../cluster/access.ts'
import { createNamespace } from './cluster.ts'

/** Installs the ClusterRoles of the operations, as users get them. */
export async function shipRoles(cluster: ClusterAccess): Promise<void> {
  // By the server: files side by side would each find them missing.
  await cluster.kubectl(['apply', '--server-side', '--force-conflicts', '-f', 'deploy/rbac/operations.yaml'])
}

/** A ServiceAccount named after the operation, which may do nothing yet. */
export async function createAccount(cluster: ClusterAccess, home: string, operation: OperationName): Promise<void> {
  await cluster.kubectl(['create', 'serviceaccount', operation.toLowerCase(), '-n', home])
}

/** Binds the shipped role of an operation to the account that is named after it: in one namespace, or in the cluster. */
export async function bindRole(
  cluster: ClusterAccess,
  home: string,
  operation: OperationName,
  namespace?: string,
): Promise<void> {
  const subject = `--serviceaccount=${home}:${operation.toLowerCase()}`
  const role = `--clusterrole=rota:${operation}`
  const binding =
    namespace === undefined
      ? ['clusterrolebinding', `${home}-${operation}`]
      : ['rolebinding', `${home}-${operation}`, '-n', namespace]
  await cluster.kubectl(['create', ...binding, role, subject])
}

/** A namespace of its own, with an account named after the operation that may do there what the shipped role says. */
export async function createHome(cluster: ClusterAccess, prefix: string, operation: OperationName): Promise<string> {
  const namespace = await createNamespace(cluster, prefix)
  await createAccount(cluster, namespace, operation)
  await bindRole(cluster, namespace, operation, namespace)
  return namespace
}

/** Lets an account list namespaces, which only a right in the whole cluster can; until the test has ended, or has deleted it. */
export async function letListNamespaces(cluster: ClusterAccess, home: string, account = 'rota'): Promise<void> {
  const name = `${home}-namespaces`
  const made = ['clusterrole,clusterrolebinding', name, '--ignore-not-found']
  onTestFinished(async () => void (await cluster.kubectl(['delete', ...made])))
  await allowEverywhere(cluster, name, `${home}:${account}`, ['--verb=list', '--resource=namespaces'])
}

/** Lets an account read /metrics, which only a right in the whole cluster can. @returns how to end that */
export async function letGetMetrics(
  cluster: ClusterAccess,
  home: string,
  account: string,
): Promise<() => Promise<void>> {
  const name = `${home}-metrics`
  await allowEverywhere(cluster, name, `${home}:${account}`, ['--verb=get', '--non-resource-url=/metrics'])
  return async () => void (await cluster.kubectl(['delete', 'clusterrolebinding,clusterrole', name]))
}

/** @param account `namespace:name` */
async function allowEverywhere(
  cluster: ClusterAccess,
  name: string,
  account: string,
  right: readonly string[],
): Promise<void> {
  await cluster.kubectl(['create', 'clusterrole', name, ...right])
  const subject = `--serviceaccount=${account}`
  await cluster.kubectl(['create', 'clusterrolebinding', name, `--clusterrole=${name}`, subject])
}

/** Types what a message says would help: one or several commands of kubectl. */
export async function type(cluster: ClusterAccess, line: string): Promise<void> {
  for (const command of line.split(' && ')) {
    const [program, ...args] = command.split(' ')
    if (program !== 'kubectl') throw new Error(`'${command}' must be a command of kubectl`)
    await cluster.kubectl(args)
  }
}
