import type { Kind } from '../api/fault.ts'
import { GROUP, PLURAL, VERSION } from '../api/names.ts'

/** `/apis/apps/v1/namespaces/team-a/deployments[/web]`. A name is one part of it, whatever is in it. */
export function pathOf(
  kind: Pick<Kind, 'group' | 'version' | 'plural' | 'cluster'>,
  namespace: string,
  name?: string,
): string {
  const root = kind.group === '' ? `/api/${kind.version}` : `/apis/${kind.group}/${kind.version}`
  const within = kind.cluster ? '' : `/namespaces/${encodeURIComponent(namespace)}`
  return `${root}${within}/${kind.plural}${name === undefined ? '' : `/${encodeURIComponent(name)}`}`
}

/** All ScheduledTasks of a namespace, or of all. */
export function tasksPath(namespace: string | undefined): string {
  return `/apis/${GROUP}/${VERSION}/${namespace === undefined ? '' : `namespaces/${namespace}/`}${PLURAL}`
}
