import { brotliDecompressSync } from 'node:zlib'
import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import { servePage } from './page.ts'

const FILES = { script: 'console.log("täglich")', style: 'body { margin: 0 }' }

function served(files = FILES) {
  const app = new Hono()
  servePage(app, files)
  return app
}

const addressesIn = (html: string) =>
  [...html.matchAll(/(?:src|href)="(assets\/[^"]+)"/g)].map(([, path]) => `/${path}`)

describe('the page', () => {
  it('lets the browser load nothing but what comes from here', async () => {
    const page = await served().request('/')
    expect(page.headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    )
    expect(page.headers.get('x-content-type-options')).toBe('nosniff')
    expect(page.headers.get('referrer-policy')).toBe('no-referrer')
    expect(await page.text()).not.toMatch(/<style|style=|<script>|\son\w+="|https?:\/\/(?!www\.w3\.org)/)
  })

  it('has script and style under names that change with them, to be kept for ever', async () => {
    const app = served()
    const [style = '', script = ''] = addressesIn(await (await app.request('/')).text())
    const answer = await app.request(script)
    expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect(answer.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
    expect(await answer.text()).toBe(FILES.script)
    expect(await (await app.request(style)).text()).toBe(FILES.style)
    const changed = await (await served({ ...FILES, script: 'other' }).request('/')).text()
    expect(addressesIn(changed)).not.toContain(script)
    expect(addressesIn(changed)).toContain(style)
  })

  it('is asked for each time, and not sent again when it is the same', async () => {
    const app = served()
    const first = await app.request('/')
    expect(first.headers.get('cache-control')).toBe('no-cache')
    const again = await app.request('/', { headers: { 'if-none-match': first.headers.get('etag') ?? '' } })
    expect(again.status).toBe(304)
    expect(again.headers.get('content-security-policy')).toContain("default-src 'none'")
  })

  it('is compressed for who understands that', async () => {
    const app = served()
    const [, script = ''] = addressesIn(await (await app.request('/')).text())
    const answer = await app.request(script, { headers: { 'accept-encoding': 'gzip, br' } })
    expect(answer.headers.get('content-encoding')).toBe('br')
    expect(brotliDecompressSync(await answer.arrayBuffer()).toString()).toBe(FILES.script)
  })
})
