import { type ChildProcess, execFile, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants, cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { cacheRoot } from '../cluster/cache.ts'
import { freePorts } from '../cluster/ports.ts'
import { until } from '../cluster/until.ts'

const run = promisify(execFile)

/** The folder of `prometheus` and `promtool`: in PATH, else Debian's package, unpacked into the cache once; else why not. */
export function findPrometheus(): { readonly bin: string } | { readonly missing: string } {
  const [here] = spawnSync('which', ['promtool'], { encoding: 'utf8' }).stdout?.split('\n') ?? []
  if (here && isThere(dirname(here))) return { bin: dirname(here) }
  const folder = join(cacheRoot(process.env), 'prometheus')
  const bin = join(folder, 'usr/bin')
  if (isThere(bin)) return { bin }
  const draft = mkdtempSync(join(tmpdir(), 'rota-prometheus-'))
  try {
    unpack(draft)
    cpSync(join(draft, 'usr/bin'), bin, { recursive: true })
    return { bin }
  } catch (error) {
    return { missing: `no prometheus and promtool in PATH, and Debian's package cannot be had: ${String(error)}` }
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
}

/** Without installing it: that would start a server. */
function unpack(into: string): void {
  const download = () => execFileSync('apt-get', ['download', 'prometheus'], { cwd: into, stdio: 'pipe' })
  try {
    download()
  } catch {
    execFileSync('apt-get', ['update'], { stdio: 'pipe' })
    download()
  }
  execFileSync('sh', ['-c', 'dpkg -x prometheus_*.deb .'], { cwd: into, stdio: 'pipe' })
}

function isThere(bin: string): boolean {
  try {
    for (const name of ['prometheus', 'promtool']) accessSync(join(bin, name), constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** What promtool prints; it throws with that when something is wrong. */
export async function promtool(bin: string, args: readonly string[], input = ''): Promise<string> {
  const running = run(join(bin, 'promtool'), args)
  running.child.stdin?.end(input)
  const { stdout, stderr } = await running
  return `${stdout}${stderr}`
}

export interface Prometheus {
  /** The number of series that a query gives. @throws Error with its words when the query is wrong */
  query(promql: string): Promise<number>
  stop(): Promise<void>
}

/** Scrapes one target each second, and evaluates these rules. */
export async function startPrometheus(bin: string, target: string, rules: string): Promise<Prometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'rota-prometheus-'))
  const [port] = await freePorts(1)
  const config = {
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: [rules],
    scrape_configs: [{ job_name: 'rota', static_configs: [{ targets: [target] }] }],
  }
  writeFileSync(join(folder, 'prometheus.yml'), JSON.stringify(config))
  const args = [
    `--config.file=${folder}/prometheus.yml`,
    `--storage.tsdb.path=${folder}/data`,
    `--web.listen-address=127.0.0.1:${port}`,
  ]
  const child: ChildProcess = spawn(join(bin, 'prometheus'), args, { stdio: 'ignore' })
  const exited = once(child, 'exit')
  const url = `http://127.0.0.1:${port}`
  const stop = async () => {
    child.kill('SIGTERM')
    await exited
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    await until('Prometheus is ready', async () => (await fetch(`${url}/-/ready`)).ok)
  } catch (error) {
    await stop()
    throw error
  }
  return {
    stop,
    async query(promql) {
      const answer = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query: promql })}`)
      const { error, data } = (await answer.json()) as { error?: string; data?: { result: readonly unknown[] } }
      if (!data) throw new Error(`${promql}: ${error}`)
      return data.result.length
    },
  }
}
