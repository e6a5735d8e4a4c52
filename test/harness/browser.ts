import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import axe from 'axe-core'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect } from 'vitest'
import { findChromium } from '../browser/chromium.ts'

const executablePath = findChromium(process.env)
/** `make test` says so aloud, and installs one where it can. */
export const hasBrowser = executablePath !== undefined

const SCREENSHOTS = fileURLToPath(new URL('../../.cache/screenshots/', import.meta.url))

export interface Viewing {
  readonly width?: number
  readonly height?: number
  readonly colours?: 'light' | 'dark'
}

/** A page, and all that went wrong in it. */
export interface Tab {
  readonly page: Page
  /** Errors of the script, of the console, and what the policy has forbidden. */
  readonly complaints: readonly string[]
  /** Hosts that were asked for anything. */
  readonly hosts: ReadonlySet<string>
}

/** A browser for the tests of a file. */
export function browsing(): { open(url: string, viewing?: Viewing): Promise<Tab> } {
  let browser: Browser | undefined
  beforeAll(async () => {
    mkdirSync(SCREENSHOTS, { recursive: true })
    // Root cannot have Chromium's sandbox; nothing but our own page is opened.
    const args = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage']
    if (executablePath !== undefined) browser = await chromium.launch({ executablePath, args })
  })
  afterAll(async () => {
    await browser?.close()
  })
  return {
    async open(url, { width = 1280, height = 900, colours = 'light' } = {}) {
      if (!browser) throw new Error('there is no browser')
      const context = await browser.newContext({
        viewport: { width, height },
        colorScheme: colours,
        reducedMotion: 'reduce',
        timezoneId: 'Europe/Berlin',
      })
      const page = await context.newPage()
      page.setDefaultTimeout(30_000)
      const complaints: string[] = []
      const hosts = new Set<string>()
      page.on('console', message => {
        if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
      })
      page.on('pageerror', error => complaints.push(String(error)))
      page.on('request', request => {
        const { protocol, host } = new URL(request.url())
        if (protocol !== 'data:') hosts.add(host)
      })
      await page.goto(url)
      return { page, complaints, hosts }
    },
  }
}

/** What axe finds wrong with the page as it is now. */
export async function barriersOn(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source)
  const { violations } = (await page.evaluate('axe.run()')) as axe.AxeResults
  return violations.map(
    ({ id, help, nodes }) =>
      `${id}: ${help}: ${nodes.map(({ target, failureSummary }) => `${target} ${failureSummary}`)}`,
  )
}

/** By how many pixels the page is wider than the window. */
export function overhang(page: Page): Promise<number> {
  return page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
}

/** Into .cache/screenshots, to be looked at; all of the page, or of the dialog before it what the window shows. */
export async function photograph(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: `${SCREENSHOTS}${name}.png`, fullPage: (await page.getByRole('dialog').count()) === 0 })
}

/** Nothing went wrong in the tab, and nobody else was asked for anything. */
export function expectNoComplaints({ page, complaints, hosts }: Tab): void {
  expect(complaints).toEqual([])
  expect([...hosts]).toEqual([new URL(page.url()).host])
}
