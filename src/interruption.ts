/** npm passes on the signal that the terminal has sent us already: two so close to each other are one. Milliseconds. */
const SAME = 1000

/** Aborts at one of these signals. Whoever asks once more is in a hurry: the process exits with status 1. */
export function interruption(signals: readonly NodeJS.Signals[]): AbortSignal {
  const asked = new AbortController()
  let first: number | undefined
  for (const signal of signals) {
    process.on(signal, () => {
      first ??= performance.now()
      if (performance.now() - first > SAME) process.exit(1)
      asked.abort()
    })
  }
  return asked.signal
}
