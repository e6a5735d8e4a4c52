import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type } from '../harness/accounts.ts'
import { type Api, apiOf, deployment } from '../harness/api.ts'
import { barriersOn, browsing, hasBrowser, photograph } from '../harness/browser.ts'
import { type Bundle, startBundle } from '../harness/bundle.ts'
import { createNamespace, sharedCluster } from '../harness/cluster.ts'

const cluster = sharedCluster()

describe.skipIf(!hasBrowser)('the dashboard asks who one is', () => {
  const { open } = browsing()
  let api: Api
  let rota: Bundle
  let team = ''

  beforeAll(async () => {
    api = await apiOf(cluster)
    team = await createNamespace(cluster, 'viewed')
    await api.create('deployments', team, deployment('web', 1))
    await api.createTask(team, 'fresh-start', { title: 'Restart the shop', operation: { restart: {} } })
    for (const [name, verbs] of [
      ['viewer', 'get,list,watch'],
      ['editor', 'get,list,watch,patch'],
    ]) {
      await cluster.kubectl(['create', 'serviceaccount', `${name}`, '-n', team])
      await cluster.kubectl([
        'create',
        'role',
        `${name}`,
        '-n',
        team,
        `--verb=${verbs}`,
        '--resource=scheduledtasks.rota.dev',
      ])
      await cluster.kubectl([
        'create',
        'rolebinding',
        `${name}`,
        '-n',
        team,
        `--role=${name}`,
        `--serviceaccount=${team}:${name}`,
      ])
    }
    rota = await startBundle({ kubeconfig: cluster.kubeconfig, namespaces: [team], asksForTokens: true })
  })
  afterAll(async () => {
    await rota?.terminate()
  })

  const tokenOf = async (name: string) => (await cluster.kubectl(['create', 'token', name, '-n', team])).stdout.trim()

  async function enter(page: Page, token: string): Promise<void> {
    await page.getByLabel('Token').fill(token)
    await page.getByRole('button', { name: 'Enter' }).click()
  }

  /** The account may see the tasks of its own namespace only. */
  async function openAs(name: string) {
    const tab = await open(rota.url)
    await enter(tab.page, await tokenOf(name))
    await tab.page.getByRole('textbox', { name: 'Namespace' }).fill(team)
    await tab.page.getByRole('button', { name: 'Show its tasks' }).click()
    await tab.page.getByRole('link', { name: 'Restart the shop' }).first().waitFor()
    return tab
  }

  test('and says how to get a token, and that a wrong one is wrong', async () => {
    const { page } = await open(rota.url)
    await page.getByRole('heading', { name: 'Who are you?' }).waitFor()
    await page.getByText('kubectl create token').waitFor()
    expect(await barriersOn(page)).toEqual([])
    await photograph(page, 'token')
    await enter(page, 'wrong')
    await page.getByRole('alert').getByText('This token is not accepted').waitFor()
    expect(await page.getByText('Restart the shop').count()).toBe(0)
  })

  test('tells how to make an account that sees all tasks', async () => {
    const { page } = await open(rota.url)
    await page.getByText('If there is no such account yet').click()
    const lines = await page.locator('.recipe .command code').allInnerTexts()
    expect(lines).toHaveLength(3)
    // Others may do the same on this cluster.
    for (const line of lines)
      await type(cluster, line.replaceAll('NAMESPACE', team).replaceAll('rota-viewer', `rota-viewer-${team}`))
    await enter(page, await tokenOf(`rota-viewer-${team}`))
    await page.getByRole('link', { name: 'Restart the shop' }).first().waitFor()
  })

  test('asks for a namespace when all of them are too many, and lets a viewer look but not touch', async () => {
    const { page, hosts } = await openAs('viewer')
    await page.getByRole('link', { name: 'Restart the shop' }).first().click()
    await page.getByText('Run now, Cancel the run and Hold: you have no right to ask for it').waitFor()
    expect(await page.getByRole('button', { name: 'Run now' }).isDisabled()).toBe(true)
    expect(await barriersOn(page)).toEqual([])
    await photograph(page, 'viewer')
    expect([...hosts]).toEqual([new URL(rota.url).host])
  })

  test('runs what the viewer asks for in the name of the viewer', async () => {
    const { page } = await openAs('editor')
    await page.getByRole('link', { name: 'Restart the shop' }).first().click()
    await page.getByRole('button', { name: 'Run now' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Run now' }).click()
    await page
      .getByText(/The run that you asked for\s+succeeded/)
      .first()
      .waitFor()
    const task = await api.task(team, 'fresh-start')
    expect(task.status?.lastResult).toBe('Succeeded')
  })

  test('keeps the token for the tab alone, never in an address, and forgets it when told', async () => {
    const tab = await openAs('viewer')
    const { page } = tab
    await page.reload()
    await page.getByRole('link', { name: 'Restart the shop' }).first().waitFor()
    const kept = await page.evaluate<readonly string[]>(
      '[JSON.stringify({ ...localStorage }), document.cookie, location.href]',
    )
    const token = await page.evaluate<string>('sessionStorage.getItem("rota.token")')
    expect(token.length).toBeGreaterThan(100)
    for (const place of kept) expect(place).not.toContain(token)
    await page.getByRole('button', { name: 'Forget the token' }).click()
    await page.getByRole('heading', { name: 'Who are you?' }).waitFor()
    expect(await page.evaluate('sessionStorage.length')).toBe(0)
  })
})
