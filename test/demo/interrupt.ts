/** npm passes on the signal that the terminal has sent us already: two so close to each other are one. */
const SAME = 1000

/** Aborts at Ctrl-C and its like. Whoever asks once more is in a hurry. */
export function interruption(): AbortSignal {
  const asked = new AbortController()
  let first: number | undefined
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      first ??= performance.now()
      if (performance.now() - first > SAME) process.exit(1)
      asked.abort()
    })
  }
  return asked.signal
}
