import { until } from '../cluster/until.ts'

/** Times of creation are whole seconds, and what was made in the second of a slot is not older than it. */
export async function nextSecond(): Promise<void> {
  const second = () => Math.floor(Date.now() / 1000)
  const now = second()
  await until('the next second', () => second() > now)
}
