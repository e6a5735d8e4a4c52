import { happeningLine, styled, taskLines, workloadLines } from './frame.ts'
import type { Happening } from './happenings.ts'
import type { Look } from './look.ts'

/** Where the demo shows itself. */
export interface Screen {
  show(look: Look, fresh: readonly Happening[]): void
  /** A line that must not be overlooked. */
  warn(line: string): void
  end(): void
}

export interface ScreenOptions {
  /** How to look around from another terminal. */
  readonly hints: readonly string[]
  /** `Rota demo, 0:12 …`: the first line of each picture. */
  readonly title: () => string
}

type Out = NodeJS.WriteStream

export function openScreen(options: ScreenOptions, out: Out = process.stdout): Screen {
  return out.isTTY ? livePicture(options, out) : plainLines(options, out)
}

/** One picture that is drawn over and over. */
function livePicture({ hints, title }: ScreenOptions, out: Out): Screen {
  const log: ((width: number) => string)[] = []
  const clear = (): void => void out.write('\u001b[2J\u001b[H')
  out.write('\u001b[?25l')
  clear()
  out.on('resize', clear)
  return {
    show(look, fresh) {
      log.push(...fresh.map(one => (width: number) => happeningLine(one, width)))
      const width = out.columns
      const top = [
        styled('bold', title().slice(0, width)),
        '',
        ...taskLines(look, width),
        '',
        ...workloadLines(look, width),
        '',
      ]
      // What is left is shared between the log and the hints, of which the first matters most.
      const room = Math.max(0, out.rows - 1 - top.length)
      const below = room >= hints.length + 5 ? ['', ...hints] : room >= 5 ? ['', ...hints.slice(1, 3)] : []
      const events = log.slice(-Math.max(1, Math.min(10, room - below.length))).map(line => line(width))
      const waiting = events.length === 0 ? [styled('dim', 'nothing has run yet')] : []
      const lines = [...top, ...waiting, ...events, ...below].slice(0, Math.max(1, out.rows - 1))
      out.write(`\u001b[H${lines.map(line => `${line}\u001b[K\n`).join('')}\u001b[J`)
    },
    warn: line => void log.push(width => styled('yellow', line.slice(0, width))),
    end() {
      out.off('resize', clear)
      out.write('\u001b[?25h')
    },
  }
}

const QUIET_SECONDS = 15
/** After a change, for the pods to follow. */
const SETTLE_SECONDS = 3

/** Lines for a file or a pipe: each event at once, a picture after it and now and then. */
function plainLines({ hints, title }: ScreenOptions, out: Out): Screen {
  const say = (...lines: readonly string[]): void => void out.write(lines.map(line => `${line}\n`).join(''))
  say(...hints)
  let shown = Number.NEGATIVE_INFINITY
  let changed = Number.POSITIVE_INFINITY
  return {
    show(look, fresh) {
      say(...fresh.map(one => happeningLine(one, Number.POSITIVE_INFINITY)))
      const now = performance.now() / 1000
      if (fresh.length > 0) changed = Math.min(changed, now)
      if (now - shown < QUIET_SECONDS && now - changed < SETTLE_SECONDS) return
      shown = now
      changed = Number.POSITIVE_INFINITY
      const width = Number.POSITIVE_INFINITY
      say('', `--- ${title()}`, ...taskLines(look, width), '', ...workloadLines(look, width), '')
    },
    warn: line => say(line),
    end: () => {},
  }
}
