import { useEffect, useState } from 'preact/hooks'
import type { Session } from './session.ts'

export interface Answer<T> {
  /** The newest one; it stays while another is asked for. */
  readonly data: T | undefined
  readonly problem: string | undefined
}

/** What the operator answers to a path; asked again whenever `version` changes. `undefined`: not asked yet. */
export function useAnswer<T>(session: Session, path: string | undefined, version: string): Answer<T> {
  const [answer, setAnswer] = useState<Answer<T>>({ data: undefined, problem: undefined })
  // The version is no more than the reason to ask again.
  useEffect(() => {
    if (path === undefined) return
    let isWanted = true
    const settle = (change: (before: Answer<T>) => Answer<T>) => isWanted && setAnswer(change)
    session.ask<T>(path).then(
      data => settle(() => ({ data, problem: undefined })),
      (error: Error) => settle(({ data }) => ({ data, problem: error.message })),
    )
    return () => {
      isWanted = false
    }
  }, [session, path, version])
  return answer
}
