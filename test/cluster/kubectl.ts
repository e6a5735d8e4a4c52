import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'

export interface KubectlResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface KubectlOptions {
  /** For its standard input. */
  readonly input?: string
  /** Whom to be; the administrator unless told. */
  readonly kubeconfig?: string
}

export interface KubectlEnvironment {
  readonly command: string
  readonly kubeconfig: string
  /** Where it remembers what kinds a server has: not in the user's home, since ports get used again. */
  readonly cache: string
}

/** Runs kubectl and tells how it ended, whatever that is. */
export async function runKubectl(
  environment: KubectlEnvironment,
  args: readonly string[],
  { input = '', kubeconfig = environment.kubeconfig }: KubectlOptions = {},
): Promise<KubectlResult> {
  const child = spawn(environment.command, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, KUBECONFIG: kubeconfig, KUBECACHEDIR: environment.cache },
  })
  child.stdin.on('error', () => {}) // it may end without having read everything
  child.stdin.end(input)
  const [[code], stdout, stderr] = await Promise.all([once(child, 'close'), text(child.stdout), text(child.stderr)])
  return { code: typeof code === 'number' ? code : 1, stdout, stderr }
}

/** The same for those who expect success. */
export async function mustKubectl(
  environment: KubectlEnvironment,
  args: readonly string[],
  options?: KubectlOptions,
): Promise<KubectlResult> {
  const result = await runKubectl(environment, args, options)
  if (result.code === 0) return result
  throw new Error(`kubectl ${args.join(' ')} failed (${result.code}): ${result.stderr.trim() || result.stdout.trim()}`)
}
