import { describe, expect, it } from 'vitest'
import { captured } from '../../test/builders/captured.ts'
import { FakeClock } from '../../test/builders/fake-clock.ts'

const COMMANDS = ['next', 'validate', 'run', 'wake', 'cancel', 'suspend', 'resume', 'hold', 'history', 'why']
const rota = (...words: readonly string[]) => captured({ clock: new FakeClock(0) }, ...words)

describe('rota', () => {
  it('lists its commands in groups', async () => {
    const { status, out } = await rota('--help')
    expect(status).toBe(0)
    for (const command of [...COMMANDS, 'controller', 'prepare-uninstall', 'health'])
      expect(out).toMatch(new RegExp(`^  ${command} `, 'm'))
    for (const group of ['Operator:', 'Without a cluster:', 'Requests:', 'Questions:']) expect(out).toContain(group)
  })

  it.each(COMMANDS)('%s --help has examples, and says that it has -o json', async command => {
    const { status, out } = await rota(command, '--help')
    expect(status).toBe(0)
    expect(out).toContain(`Examples:\n  rota ${command} `)
    expect(out).toContain('--output <format>')
  })

  it('is called kubectl rota as a plugin', async () => {
    const { out } = await captured({ clock: new FakeClock(0), name: 'kubectl rota' }, 'run', '--help')
    expect(out).toContain('Usage: kubectl rota run [options] <name>')
    expect(out).toContain('  kubectl rota run nights-off -n team-a')
  })

  it('says its version', async () => {
    expect(await rota('--version')).toEqual({ status: 0, out: '1.2.3\n', err: '' })
  })

  it.each([
    [['foo'], "rota: unknown command 'foo'\n"],
    [['run'], "rota: missing required argument 'name'\n"],
    [['run', 'a', '--wat'], "rota: unknown option '--wat'\n(Did you mean --wait?)\n"],
    [['run', 'A'], "rota: 'A' must be the name of a ScheduledTask, or namespace/name\n"],
    [['run', 'a/b/c'], "rota: 'a/b/c' must be the name of a ScheduledTask, or namespace/name\n"],
    [['run', 'a/b', '-n', 'c'], "rota: 'a/b' and --namespace=c name two namespaces\n"],
  ])('%j is misuse: status 2, and what to do instead', async (words, err) => {
    const kubeconfig = words[0] === 'run' && words[1] ? ['--kubeconfig', 'test/builders/kubeconfig.yaml'] : []
    expect(await rota(...words, ...kubeconfig)).toEqual({ status: 2, out: '', err })
  })
})
