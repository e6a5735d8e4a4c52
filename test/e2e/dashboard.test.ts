import type { Page, Request } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TaskView } from '../../src/server/shapes.ts'
import { taskView } from '../builders/task-view.ts'
import { createAccount, createHome, shipRoles } from '../harness/accounts.ts'
import { type Api, apiOf, requesting } from '../harness/api.ts'
import { barriersOn, browsing, expectNoComplaints, hasBrowser, overhang, photograph } from '../harness/browser.ts'
import { type Bundle, startBundle } from '../harness/bundle.ts'
import { createNamespace, sharedCluster } from '../harness/cluster.ts'
import { ENDLESS } from '../harness/job-bench.ts'

const cluster = sharedCluster()

describe.skipIf(!hasBrowser)('the dashboard', () => {
  const { open } = browsing()
  let api: Api
  let rota: Bundle
  let team = ''
  let jobs = ''

  beforeAll(async () => {
    api = await apiOf(cluster)
    await shipRoles(cluster)
    team = await createNamespace(cluster, 'dashboard')
    jobs = await createHome(cluster, 'dashboard-jobs', 'job')
    await api.create('deployments', team, requesting('web', 2, { cpu: '500m', memory: '1Gi' }))
    // It may do nothing.
    await createAccount(cluster, team, 'patch')
    await api.createTask(team, 'nights', {
      title: 'Put the team to sleep at night',
      costCenter: 'cc-4711',
      schedule: '0 20 * * *',
      timeZone: 'Europe/Berlin',
      operation: { sleep: { wakeSchedule: '0 7 * * *' } },
    })
    await api.createTask(team, 'fresh-start', {
      title: 'Restart the shop',
      schedule: 'H 3 * * *',
      operation: { restart: {} },
    })
    await api.createTask(team, 'broken', {
      title: 'Restart what is not ours',
      schedule: '0 4 * * *',
      serviceAccountName: 'patch',
      operation: { restart: {} },
    })
    await api.createTask(jobs, 'endless', {
      title: 'A report that takes its time',
      serviceAccountName: 'job',
      operation: { job: ENDLESS },
    })
    rota = await startBundle({ kubeconfig: cluster.kubeconfig, namespaces: [team, jobs], asksForTokens: false })
    await api.annotate(team, 'broken', { 'rota.dev/run': 'last-night' })
    await api.untilTask(team, 'broken', 'has failed', ({ status }) => status?.lastResult === 'Failed')
  })
  afterAll(async () => {
    await rota?.terminate()
  })

  const openTask = (namespace: string, name: string) => open(`${rota.url}/#/${namespace}/${name}`)
  const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
  const confirm = (page: Page, name: string) =>
    page.getByRole('dialog').getByRole('button', { name, exact: true }).click()
  const see = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor()
  /** Asks for a run, and sees it succeed. */
  async function runNow(page: Page): Promise<void> {
    await button(page, 'Run now').click()
    await confirm(page, 'Run now')
    await see(page, /The run that you asked for\s+succeeded/)
  }

  test('shows at first sight what failed and why, and one click further the run itself', async () => {
    const tab = await open(rota.url)
    const { page } = tab
    await page.getByRole('heading', { level: 1, name: '1 task needs attention' }).waitFor()
    const attention = page.getByRole('region', { name: 'Needs attention' })
    const why = await attention.innerText()
    expect(why).toContain(`ServiceAccount ${team}/patch may not list deployments.apps in namespace ${team}`)
    expect(why).toContain('kubectl create rolebinding')
    await attention.getByRole('link', { name: 'Restart what is not ours' }).click()
    const history = page.getByRole('region', { name: 'Past runs' })
    await history.getByText('Why').waitFor()
    expect(await history.innerText()).toContain(`ServiceAccount ${team}/patch may not list deployments.apps`)
    expectNoComplaints(tab)
  })

  test('runs a task after a question, and shows live that it has succeeded', async () => {
    const tab = await openTask(team, 'fresh-start')
    const { page } = tab
    await runNow(page)
    const { status } = await api.task(team, 'fresh-start')
    expect(status?.history).toMatchObject([{ result: 'Succeeded', reason: 'Request' }])
    await page.getByRole('region', { name: 'Past runs' }).getByText('1 object').first().waitFor()
    expectNoComplaints(tab)
  })

  test('shows what sleeps and what that saves, and wakes it', async () => {
    const tab = await openTask(team, 'nights')
    const { page } = tab
    await runNow(page)
    await page.getByRole('link', { name: 'All tasks' }).click()
    const savings = page.getByRole('region', { name: 'Asleep, and what it saves' })
    await savings.getByText('cc-4711').waitFor()
    await savings.getByRole('listitem').getByText(team).waitFor()
    await savings.getByText('1 core, 2 GiB').waitFor()
    await photograph(page, 'asleep')
    await page.getByRole('link', { name: 'Put the team to sleep at night' }).first().click()
    await button(page, 'Wake now').click()
    await confirm(page, 'Wake now')
    await api.untilTask(
      team,
      'nights',
      'is awake',
      ({ status }) => status?.handled?.wake !== undefined && !status.activeRun,
    )
    expect((await api.get('deployments', team, 'web')).spec.replicas).toBe(2)
    await page.getByRole('link', { name: 'All tasks' }).click()
    await savings.getByText('Nothing sleeps at the moment').waitFor()
    expectNoComplaints(tab)
  })

  test('cancels a run, but only after a question', async () => {
    const tab = await openTask(jobs, 'endless')
    const { page } = tab
    await see(page, 'Cancel the run: nothing runs or waits')
    await button(page, 'Run now').click()
    await confirm(page, 'Run now')
    await see(page, 'Running now:')
    await photograph(page, 'running')
    await button(page, 'Cancel the run').click()
    await confirm(page, 'Leave it')
    expect((await api.task(jobs, 'endless')).status?.activeRun).toBeDefined()
    await button(page, 'Cancel the run').click()
    await confirm(page, 'Cancel the run')
    await see(page, /The run\s+cancelled/)
    await api.untilTask(jobs, 'endless', 'is cancelled', ({ status }) => status?.lastResult === 'Cancelled')
    expectNoComplaints(tab)
  })

  test('holds a task for a time, and ends the hold', async () => {
    const tab = await openTask(team, 'fresh-start')
    const { page } = tab
    await button(page, 'Hold').click()
    await page.getByRole('radio', { name: '4 hours' }).check()
    await photograph(page, 'hold')
    await confirm(page, 'Hold')
    await page.getByRole('heading', { level: 1 }).getByText('Held').waitFor()
    const { status } = await api.task(team, 'fresh-start')
    const hours = (Date.parse(status?.holdUntil ?? '') - Date.now()) / 3_600_000
    expect(Math.round(hours)).toBe(4)
    await button(page, 'Change the hold').click()
    await page.getByRole('radio', { name: 'not any longer' }).check()
    await confirm(page, 'End the hold')
    await page.getByRole('heading', { level: 1 }).getByText('Scheduled').waitFor()
    expectNoComplaints(tab)
  })

  test('tells in words when it runs, the next runs, and what a run would change', async () => {
    const tab = await openTask(team, 'nights')
    const { page } = tab
    await see(page, /every day at 20:00/)
    const next = page.getByRole('region', { name: 'Next runs' })
    await next.getByText('20:00').first().waitFor()
    expect(await next.innerText()).toContain('on the clocks of Europe/Berlin')
    await button(page, 'Preview').click()
    const preview = page.getByRole('region', { name: 'What a run would do now' })
    await preview.getByText('Deployment/web: replicas 2 → 0').waitFor()
    expect((await api.get('deployments', team, 'web')).spec.replicas).toBe(2)
    expectNoComplaints(tab)
  })

  test('says of the next runs what becomes of them when the clocks are set', async () => {
    // In Berlin at 02:00 on the last Sundays of March and of October; runs of two years are shown.
    const [spring, autumn] = [lastSunday(3), lastSunday(10)]
    await api.createTask(team, 'clocks', {
      schedule: `30 2 ${spring.slice(8)},${autumn.slice(8)} 3,10 *`,
      timeZone: 'Europe/Berlin',
      operation: { restart: {} },
    })
    await api.untilTask(team, 'clocks', 'is seen', ({ status }) => status?.phase === 'Scheduled')
    const tab = await openTask(team, 'clocks')
    const runs = tab.page.getByRole('region', { name: 'Next runs' }).getByRole('listitem')
    const on = (date: string) => runs.filter({ hasText: date }).innerText()
    expect(await on(spring)).toMatch(
      /03:00\s+the clocks go forward: its time does not exist that day, so it runs at 03:00, right after the gap/,
    )
    expect(await on(autumn)).toMatch(/02:30\s+the clocks go back by 1 h: 02:30 comes twice, this is the first/)
    expect(await runs.filter({ hasText: 'the clocks' }).count()).toBe(2)
    await photograph(tab.page, 'clocks')
    expectNoComplaints(tab)
    await api.delete('scheduledtasks', team, 'clocks')
  })

  test('lets go of the stream while nobody looks, and catches up when somebody does', async () => {
    const { page } = await open('about:blank')
    await page.clock.install()
    const streams = new Set<Request>()
    let opened = 0
    page.on('request', request => {
      if (!request.url().endsWith('/watch')) return
      opened++
      streams.add(request)
    })
    page.on('requestfailed', request => streams.delete(request))
    page.on('requestfinished', request => streams.delete(request))
    const show = (isHidden: boolean) =>
      page.evaluate(
        `Object.defineProperty(document, 'hidden', { configurable: true, value: ${isHidden} });` +
          "document.dispatchEvent(new Event('visibilitychange'))",
      )
    await page.goto(rota.url)
    await page.getByText('live', { exact: true }).waitFor()
    await show(true)
    await page.clock.fastForward(20_000)
    expect(streams.size).toBe(1)
    await page.clock.fastForward(45_000)
    await expect.poll(() => streams.size).toBe(0)
    const before = opened
    await page.clock.fastForward(600_000)
    await api.createTask(team, 'meanwhile', { title: 'Made meanwhile', operation: { restart: {} } })
    await api.untilTask(team, 'meanwhile', 'is seen', ({ status }) => status?.phase === 'Idle')
    expect([opened, await page.getByText('Made meanwhile').count()]).toEqual([before, 0])
    await show(false)
    await see(page, 'Made meanwhile')
    expect([opened, streams.size]).toEqual([before + 1, 1])
    await api.delete('scheduledtasks', team, 'meanwhile')
    await page.getByText('Made meanwhile').waitFor({ state: 'detached' })
  })

  test('can be used by the keyboard alone', async () => {
    const tab = await open(rota.url)
    const { page } = tab
    await see(page, 'Restart the shop')
    /** Goes on with the tab key until the focus is on what is named so. */
    const tabTo = async (name: string) => {
      for (let step = 0; step < 60; step++) {
        await page.keyboard.press('Tab')
        const focused = await page.evaluate<string>('(document.activeElement?.innerText ?? "").trim()')
        if (focused === name) return
      }
      throw new Error(`'${name}' is not reached by the tab key`)
    }
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    expect(await page.evaluate<string>('document.activeElement.id')).toBe('content')
    await tabTo('Restart the shop')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Restart the shop' }).waitFor()
    await tabTo('Run now')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    const before = (await api.task(team, 'fresh-start')).status?.runCount
    await tabTo('Leave it')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    // The focus is where it was.
    expect(await page.evaluate<string>('document.activeElement.innerText.trim()')).toBe('Run now')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    // Who is quick opens it again at once: the page does not take that for what it has just closed.
    await page.keyboard.press('Escape')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    await tabTo('Run now')
    await page.keyboard.press('Enter')
    await see(page, /The run that you asked for\s+succeeded/)
    expect((await api.task(team, 'fresh-start')).status?.runCount).toBe((before ?? 0) + 1)
    expectNoComplaints(tab)
  })

  test('finds tasks by words and by state, and keeps that in the address', async () => {
    const tab = await open(rota.url)
    const { page } = tab
    const names = () => page.locator('.tasks .name a').allInnerTexts()
    await see(page, 'Restart the shop')
    await page.getByRole('searchbox', { name: 'Find tasks' }).fill('shop')
    await expect.poll(names).toEqual(['Restart the shop'])
    await page.reload()
    await expect.poll(names).toEqual(['Restart the shop'])
    await page.getByRole('searchbox', { name: 'Find tasks' }).fill('')
    await page.getByRole('combobox', { name: 'State' }).selectOption('failing or stalled')
    await expect.poll(names).toEqual(['Restart what is not ours'])
    expectNoComplaints(tab)
  })

  describe.each(['light', 'dark'] as const)('in %s', colours => {
    test.each([400, 1600])('at %i pixels has no barriers, and nothing sticks out', async width => {
      const tab = await open(rota.url, { width, colours })
      const { page } = tab
      await see(page, 'Restart the shop')
      expect(await overhang(page)).toBe(0)
      expect(await barriersOn(page)).toEqual([])
      await photograph(page, `overview-${colours}-${width}`)
      await page.getByRole('link', { name: 'Restart what is not ours' }).first().click()
      await page.getByRole('region', { name: 'Past runs' }).getByText('Why').waitFor()
      await button(page, 'Preview').click()
      await page.getByRole('region', { name: 'What a run would do now' }).getByText('Seen with').waitFor()
      // Three kinds may not be listed, and one command allows all of them.
      expect(
        await page
          .getByRole('region', { name: 'What a run would do now' })
          .getByText(/^kubectl create/)
          .count(),
      ).toBe(1)
      expect(await overhang(page)).toBe(0)
      expect(await barriersOn(page)).toEqual([])
      await photograph(page, `task-${colours}-${width}`)
      await button(page, 'Run now').click()
      await page.getByRole('dialog').waitFor()
      expect(await barriersOn(page)).toEqual([])
      expectNoComplaints(tab)
    })
  })

  /** A page that is told of these tasks only. */
  async function openWith(tasks: readonly TaskView[]): Promise<Page> {
    const { page } = await open('about:blank')
    const told = { type: 'all', tasks, now: new Date().toISOString() }
    await page.route('**/api/tasks/watch', route => route.fulfill({ body: `${JSON.stringify(told)}\n` }))
    await page.goto(rota.url)
    return page
  }

  test('copes with thousands of tasks, a few at a time', async () => {
    const page = await openWith(Array.from({ length: 3000 }, (_, n) => taskView(`many/task-${n}`)))
    await see(page, '3,000 tasks')
    const rows = page.locator('.tasks tbody tr')
    expect(await rows.count()).toBe(50)
    await button(page, 'Show 50 more of 2,950').click()
    await expect.poll(() => rows.count()).toBe(100)
    await page.getByRole('searchbox', { name: 'Find tasks' }).fill('task-2999')
    await expect.poll(() => rows.count()).toBe(1)
  })

  test('says why Rota does not show any tasks yet', async () => {
    const { page } = await open('about:blank')
    const problem = { type: 'about:blank', title: 'Service Unavailable', status: 503, detail: 'all places are taken' }
    const contentType = 'application/problem+json'
    await page.route('**/api/tasks/watch', route =>
      route.fulfill({ status: 503, contentType, body: JSON.stringify(problem) }),
    )
    await page.goto(rota.url)
    await see(page, /Reconnecting …\s+all places are taken\./)
    await page.unroute('**/api/tasks/watch')
    await see(page, 'Restart the shop')
  })

  test('says what to do where there is no task yet', async () => {
    const page = await openWith([])
    await page.getByRole('heading', { level: 1, name: 'No tasks yet' }).waitFor()
    await see(page, 'kubectl explain scheduledtask.spec')
  })

  test('keeps the colours that were chosen', async () => {
    const { page } = await open(rota.url)
    const ground = () => page.evaluate<string>('getComputedStyle(document.body).backgroundColor')
    const light = await ground()
    await page.getByRole('button', { name: /^Colours: auto/ }).click()
    await page.getByRole('button', { name: /^Colours: light/ }).click()
    expect(await ground()).not.toBe(light)
    await page.reload()
    await page.getByRole('button', { name: /^Colours: dark/ }).waitFor()
    expect(await ground()).not.toBe(light)
  })

  test('says so while the operator is away, keeps what it knows, and comes back by itself', async () => {
    const { page } = await open(rota.url)
    await see(page, 'Restart the shop')
    await rota.terminate()
    await see(page, 'What you see may be out of date')
    await see(page, 'Restart the shop')
    await photograph(page, 'away')
    const port = Number(new URL(rota.url).port)
    rota = await startBundle({ kubeconfig: cluster.kubeconfig, namespaces: [team, jobs], asksForTokens: false, port })
    await page.getByText('live', { exact: true }).waitFor()
    await page.getByText('Reconnecting').waitFor({ state: 'detached' })
  })
})

/** The next one of this month, as a date. */
function lastSunday(month: number): string {
  const thisYear = new Date().getUTCFullYear()
  const ends = [thisYear, thisYear + 1].map(year => new Date(Date.UTC(year, month, 0, 1)))
  const sundays = ends.map(end => end.getTime() - end.getUTCDay() * 86_400_000)
  return new Date(sundays.find(at => at > Date.now()) ?? 0).toISOString().slice(0, 10)
}
