import { JOB } from '../../api/kinds.ts'
import type { Item } from '../item.ts'

export function isJob({ kind }: Item): boolean {
  return kind.kind === JOB.kind && kind.group === JOB.group
}

/** The condition that says that a Job has ended, and its pods with it. */
export function endOfJob({ status }: Item) {
  return status?.conditions?.find(one => (one.type === 'Complete' || one.type === 'Failed') && one.status === 'True')
}
