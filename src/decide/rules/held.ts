import { rfc3339 } from '../../lib/instant.ts'
import type { Rule } from '../decision.ts'
import { heldUntil } from '../hold.ts'
import { quiet } from '../settle.ts'

/** `rota.dev/hold-until`: no scheduled runs until then. */
export const held: Rule = situation => {
  const until = heldUntil(situation.task, situation.now)
  return until === undefined
    ? undefined
    : quiet(situation, 'held', `held until ${rfc3339(until)} by rota.dev/hold-until`)
}
