import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { goProgramOrSkip } from '../cluster/go-program.ts'

const module = fileURLToPath(new URL('judge/', import.meta.url))

export interface Health {
  readonly status: string
  readonly message: string
}

/** What can be asked, and what is answered; see judge/main.go. */
interface Answers {
  readonly health: { readonly asks: object; readonly answer: Health | null }
  readonly actions: { readonly asks: object; readonly answer: readonly { name: string; disabled: boolean }[] }
  readonly act: {
    readonly asks: { readonly action: string; readonly on: object }
    readonly answer: readonly { readonly operation: string; readonly patch: object }[]
  }
  readonly differs: {
    readonly asks: { readonly live: object; readonly desired: object; readonly ignore?: readonly object[] }
    readonly answer: boolean
  }
  readonly updated: { readonly asks: { readonly from: object; readonly to: object }; readonly answer: boolean }
  /** What is wrong with a manifest; '' when nothing is. */
  readonly application: { readonly asks: object; readonly answer: string }
  readonly kustomization: { readonly asks: object; readonly answer: string }
  readonly kind: { readonly asks: object; readonly answer: string }
  readonly kstatus: { readonly asks: object; readonly answer: Health }
}

export type Judge = <Q extends keyof Answers>(
  question: Q,
  asked: readonly Answers[Q]['asks'][],
) => Promise<readonly Answers[Q]['answer'][]>

/** The code of Argo CD itself, with the settings of an argocd-cm, and of Flux. @throws Error with its words, such as a mistake in a script */
export function judgeWith(program: string, configMap: string): Judge {
  return async (question, asked) => {
    const running = promisify(execFile)(program, [configMap], { maxBuffer: 1 << 26 })
    running.child.stdin?.end(JSON.stringify(asked.map(one => ({ [question]: one }))))
    return JSON.parse((await running).stdout)
  }
}

/** The shipped settings. */
export const SHIPPED = 'deploy/argocd/argocd-cm.yaml'

/** The program, or '' where it cannot be had: then tests are skipped, loudly. @throws Error in CI */
export function judgeOrSkip(): Promise<string> {
  return goProgramOrSkip({
    name: 'judge',
    module,
    path: '.',
    says: 'a program over packages of Argo CD and Flux with Go, once: a minute, some on a cold cache',
    tests: 'ARGO CD, FLUX AND KIND',
  })
}
