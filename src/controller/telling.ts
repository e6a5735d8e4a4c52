import { SECOND } from '../lib/instant.ts'
import type { Hand } from './hand.ts'
import type { Ledger } from './ledger.ts'
import type { ControllerParts } from './parts.ts'

/** A run that takes longer says in `lastMessage` how far it is, this often. */
const EVERY = 10 * SECOND

interface Parts extends ControllerParts {
  readonly ledger: Ledger
}

/** Writes now and then what a run is at. One write at a time, and none of them matters: the record comes after them. */
export class Telling {
  readonly #parts: Parts
  readonly #hand: Hand
  #next: number
  #writing: Promise<unknown> = Promise.resolve()
  #isWriting = false

  constructor(parts: Parts, hand: Hand) {
    this.#parts = parts
    this.#hand = hand
    this.#next = parts.clock.now() + EVERY
  }

  tell(message: string): void {
    const { clock, ledger, store, owner } = this.#parts
    const now = clock.now()
    if (now < this.#next || this.#isWriting) return
    const task = store.get(this.#hand.key)
    const run = task?.status.activeRun
    if (!task || run?.id !== this.#hand.run || run.owner !== owner) return
    this.#next = now + EVERY
    this.#isWriting = true
    this.#writing = ledger
      .write(task, [{ event: 'Progress', message }])
      .catch(() => undefined)
      .finally(() => {
        this.#isWriting = false
      })
  }

  /** The record must not meet a write of ours under way. */
  async end(): Promise<void> {
    await this.#writing
  }
}
