import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { goProgramOrSkip } from '../cluster/go-program.ts'

export const CHART = 'deploy/helm/rota'

export interface Answer {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** Runs Helm with these words; a failure is an answer as well. */
export type Helm = (...words: readonly string[]) => Promise<Answer>

/** Helm 4, or '' where it cannot be had: then tests are skipped, loudly. @throws Error in CI */
export function helmOrSkip(): Promise<string> {
  return goProgramOrSkip({
    name: 'helm',
    module: fileURLToPath(new URL('module/', import.meta.url)),
    path: 'helm.sh/helm/v4/cmd/helm',
    says: 'Helm with Go, once: three minutes or more',
    tests: 'THE HELM CHART',
  })
}

/** Helm with a kubeconfig; what it keeps for itself goes into that folder. */
export function helmWith(program: string, kubeconfig: string, folder: string): Helm {
  const homes = { HELM_CACHE_HOME: folder, HELM_CONFIG_HOME: folder, HELM_DATA_HOME: folder }
  const env = { ...process.env, ...homes, KUBECONFIG: kubeconfig }
  return (...words) =>
    new Promise(resolve => {
      execFile(program, words, { env, maxBuffer: 1 << 26 }, (error, out, err) =>
        resolve({ code: typeof error?.code === 'number' ? error.code : error ? 1 : 0, out, err }),
      )
    })
}

/** The same for those who expect success: what it prints. @throws Error with Helm's words */
export function mustHelm(helm: Helm): (...words: readonly string[]) => Promise<string> {
  return async (...words) => {
    const { code, out, err } = await helm(...words)
    if (code !== 0) throw new Error(`helm ${words.join(' ')} failed (${code}): ${err}${out}`)
    return out
  }
}
