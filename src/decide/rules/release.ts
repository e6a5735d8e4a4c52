import { WAKE_FINALIZER } from '../../api/names.ts'
import type { Rule } from '../decision.ts'

/** Nothing sleeps any more: the finalizer has no more purpose. */
export const release: Rule = ({ task }) =>
  task.finalizers.includes(WAKE_FINALIZER) && !task.status.sleeping
    ? { rule: 'release', do: 'Release', message: 'nothing of this task sleeps' }
    : undefined
