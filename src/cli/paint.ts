import { styleText } from 'node:util'
import type { Io, Out } from './io.ts'

export type Colour = 'green' | 'red' | 'yellow' | 'cyan' | 'dim' | 'bold'
export type Paint = (colour: Colour, text: string) => string

/** Colours on a terminal only, unless NO_COLOR or FORCE_COLOR say otherwise (no-color.org, force-color.org). */
export function painter({ env }: Pick<Io, 'env'>, out: Out): Paint {
  const forced = env['FORCE_COLOR'] !== undefined && env['FORCE_COLOR'] !== '0'
  const isColoured = forced || (out.isTTY === true && !env['NO_COLOR'])
  return (colour, text) => (isColoured ? styleText(colour, text, { validateStream: false }) : text)
}

/** The colour of a result, of a phase. */
export function colourOf(word: string): Colour {
  switch (word) {
    case 'Succeeded':
    case 'Scheduled':
      return 'green'
    case 'Failed':
    case 'TimedOut':
    case 'Stalled':
      return 'red'
    case 'Missed':
    case 'Cancelled':
    case 'Waiting':
      return 'yellow'
    case 'Running':
      return 'cyan'
    default:
      return 'dim'
  }
}
