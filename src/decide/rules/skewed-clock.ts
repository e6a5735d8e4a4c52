import { SECOND } from '../../lib/instant.ts'
import type { Rule } from '../decision.ts'

/** A clock that differs from the API server's starts nothing: it would run slots early, or twice. */
export const skewedClock: Rule = ({ now, world }) =>
  world.clockSkewed
    ? {
        rule: 'skewedClock',
        do: 'Nothing',
        message: "this clock differs from the API server's",
        lookAgain: now + 5 * SECOND,
      }
    : undefined
