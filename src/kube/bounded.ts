/** No request may hang longer: the API server itself gives up after a minute. Milliseconds. */
export const REQUEST_TIMEOUT = 30_000

/** What ends a request. */
interface Bound {
  /** Aborted when the request is not wanted any more, or takes too long. */
  readonly signal: AbortSignal
  /** To be called when it has ended: nothing of it stays behind. */
  end(): void
}

/**
 * As `AbortSignal.any([stop, AbortSignal.timeout(…)])`, whose timer and signals stay for as long as the longest request may
 * take: at 800 requests a second 24,000 of each.
 */
export function bounded(stop: AbortSignal | undefined, milliseconds = REQUEST_TIMEOUT): Bound {
  const controller = new AbortController()
  const abort = () => controller.abort(stop?.reason)
  const timer = setTimeout(
    () => controller.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError')),
    milliseconds,
  )
  if (stop?.aborted) abort()
  else stop?.addEventListener('abort', abort)
  return {
    signal: controller.signal,
    end() {
      clearTimeout(timer)
      stop?.removeEventListener('abort', abort)
    },
  }
}
