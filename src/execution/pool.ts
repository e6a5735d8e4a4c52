import PQueue from 'p-queue'

/**
 * The bounded worker pool. Its unit is one attempt, its entries hold only a task's key: what is to be done is decided
 * when the turn comes, so nothing ever has to be taken out again.
 */
export interface Pool {
  /** How many may be at work at once, now. */
  readonly workers: number
  /** Entries that wait for a worker. */
  readonly queued: number
  /** `turn` must not reject. A higher rank goes first. */
  enter(key: string, rank: number, turn: () => Promise<void>): void
  /** To be called when what is bearable has changed: whoever waits need not wait until a turn ends. */
  resize(): void
}

export interface PoolSize {
  /** So many workers there are always. */
  readonly min: number
  readonly max: number
  /** How many the API server keeps up with, now. */
  bearable(): number
}

/** Grows while something waits for a worker. Never with the queue's own timeout: that frees the place while the work goes on. */
export function pool({ min, max, bearable }: PoolSize): Pool {
  const queue = new PQueue({ concurrency: min })
  const resize = () => {
    const wanted = queue.size > 0 ? Math.min(max, bearable()) : queue.pending
    queue.concurrency = Math.max(min, Math.min(max, wanted))
  }
  return {
    get workers() {
      return queue.concurrency
    },
    get queued() {
      return queue.size
    },
    resize,
    enter(key, rank, turn) {
      void queue.add(turn, { id: key, priority: rank }).then(resize)
      resize()
    },
  }
}
