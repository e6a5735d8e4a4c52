import type { Rule } from '../decision.ts'
import { quiet } from '../settle.ts'

/** `spec.suspend`: no new runs but those on request. */
export const suspended: Rule = situation =>
  situation.task.spec.suspend ? quiet(situation, 'suspended', 'suspended: spec.suspend is true') : undefined
