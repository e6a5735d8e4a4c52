import type { StatusEvent } from '../decide/events.ts'

/** So many of a kind at once write or ask for something beside the runs: more would only wait for each other, and let runs wait. */
const MOST = 16
/** So many of them only tell that a run waits. With thousands in line nobody needs to be told soon, and each one makes all wait longer. */
const MOST_NEWS = 2

/** `ForRun`: a run waits for it, or for its end to be said. `News`: nothing depends on it but what people see. */
export type Urgency = 'ForRun' | 'Usual' | 'News'

/** Of a write of what has happened. */
export function urgencyOf(events: readonly StatusEvent[]): Urgency {
  if (events.some(({ event }) => event === 'Waiting')) return 'News'
  return events.some(({ event }) => event === 'Ended') ? 'ForRun' : 'Usual'
}

interface Line {
  readonly most: number
  underWay: number
  /** Keys, in the order in which they came. */
  readonly waiting: Set<string>
}

/**
 * What is done for tasks beside their runs: one thing a task at a time, and only so many at once. Who has to wait holds no
 * place: when its turn comes it is looked at anew.
 */
export class Errands {
  readonly #onTurn: (key: string) => void
  readonly #underWay = new Set<string>()
  readonly #lines: Readonly<Record<Urgency, Line>> = {
    ForRun: { most: MOST, underWay: 0, waiting: new Set() },
    Usual: { most: MOST, underWay: 0, waiting: new Set() },
    News: { most: MOST_NEWS, underWay: 0, waiting: new Set() },
  }

  constructor(onTurn: (key: string) => void) {
    this.#onTurn = onTurn
  }

  isUnderWay(key: string): boolean {
    return this.#underWay.has(key)
  }

  /** Takes a place until `end`; `false`: there is none, and `onTurn` will be called. */
  begin(key: string, urgency: Urgency): boolean {
    const line = this.#lines[urgency]
    if (line.underWay >= line.most) {
      line.waiting.add(key)
      return false
    }
    line.underWay++
    this.#underWay.add(key)
    return true
  }

  end(key: string, urgency: Urgency): void {
    const line = this.#lines[urgency]
    line.underWay--
    this.#underWay.delete(key)
    for (const next of line.waiting) {
      if (line.underWay >= line.most) return
      line.waiting.delete(next)
      this.#onTurn(next)
    }
  }

  /** It does not wait for its turn any more: it is being looked at, and may take a place anew. */
  forget(key: string): void {
    for (const { waiting } of Object.values(this.#lines)) waiting.delete(key)
  }
}
