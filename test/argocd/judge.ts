import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { buildOnce } from '../cluster/build-once.ts'
import { cacheRoot, keyOf } from '../cluster/cache.ts'
import { findGo } from '../cluster/go.ts'
import { goBuild } from '../cluster/go-build.ts'
import { goDirective } from '../cluster/recipe.ts'

const module = fileURLToPath(new URL('judge/', import.meta.url))
const FLAGS = ['-trimpath', '-buildvcs=false', '-mod=readonly', '-ldflags', '-s -w']

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
  readonly application: { readonly asks: object; readonly answer: string }
}

export type Judge = <Q extends keyof Answers>(
  question: Q,
  asked: readonly Answers[Q]['asks'][],
) => Promise<readonly Answers[Q]['answer'][]>

/** Argo CD's own code with the settings of an argocd-cm. @throws Error with its words, such as a mistake in a script */
export function judgeWith(program: string, configMap: string): Judge {
  return async (question, asked) => {
    const running = promisify(execFile)(program, [configMap], { maxBuffer: 1 << 26 })
    running.child.stdin?.end(JSON.stringify(asked.map(one => ({ [question]: one }))))
    return JSON.parse((await running).stdout)
  }
}

/** The program, built into the cache once (a minute or more); else why there is none. */
async function findJudge(): Promise<{ readonly program: string } | { readonly missing: string }> {
  const sources = ['go.mod', 'go.sum', 'main.go'].map(name => readFileSync(join(module, name), 'utf8'))
  const key = keyOf([...sources, ...FLAGS, process.platform, process.arch])
  const folder = join(cacheRoot(process.env), 'argocd-judge', key)
  const program = join(folder, 'judge')
  const isBuilt = () => existsSync(program)
  if (isBuilt()) return { program }
  const go = findGo(goDirective(sources[0] ?? ''))
  if (!go.usable) return { missing: `no ${program}, and ${go.reason}` }
  console.log("Building a program over Argo CD's own packages with Go, once: a minute, some on a cold cache")
  try {
    await buildOnce(folder, "the judge of Argo CD's settings", isBuilt, (into, reaper) =>
      goBuild({ module, path: '.', flags: FLAGS }, { folder: into, out: 'judge' }, reaper),
    )
  } catch (error) {
    return { missing: String(error) }
  }
  return { program }
}

/** The shipped settings. */
export const SHIPPED = 'deploy/argocd/argocd-cm.yaml'

/** The program, or '' where it cannot be had: then tests are skipped, loudly. @throws Error in CI */
export async function judgeOrSkip(): Promise<string> {
  const found = await findJudge()
  if ('program' in found) return found.program
  if (process.env['CI']) throw new Error(found.missing)
  console.warn(`\n!!! THE TESTS OF ARGO CD ARE SKIPPED: ${found.missing}\n`)
  return ''
}
