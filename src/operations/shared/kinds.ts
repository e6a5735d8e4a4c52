import type { Kind } from '../../api/fault.ts'
import type { Right } from '../contract.ts'

const apps = (kind: string, plural: string): Kind => ({ kind, group: 'apps', version: 'v1', plural })

export const DEPLOYMENT = apps('Deployment', 'deployments')
export const STATEFUL_SET = apps('StatefulSet', 'statefulsets')
export const DAEMON_SET = apps('DaemonSet', 'daemonsets')
export const CRON_JOB: Kind = { kind: 'CronJob', group: 'batch', version: 'v1', plural: 'cronjobs' }

/** What can be put to sleep. */
export const SLEEPERS = [DEPLOYMENT, STATEFUL_SET, CRON_JOB]

const KNOWN = [DEPLOYMENT, STATEFUL_SET, DAEMON_SET, CRON_JOB]

/** The kinds of these names; admission lets no others pass. */
export function kindsNamed(names: readonly string[]): readonly Kind[] {
  return KNOWN.filter(({ kind }) => names.includes(kind))
}

/** What listing and patching these kinds takes. */
export function listAndPatch(kinds: readonly Kind[]): readonly Right[] {
  return kinds.map(({ group, plural }) => ({ group, resource: plural, verbs: ['list', 'patch'] }))
}
