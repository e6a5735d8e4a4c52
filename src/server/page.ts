import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { brotliCompress, constants } from 'node:zlib'
import type { Hono } from 'hono'

/** The dashboard as the build makes it. */
export interface PageFiles {
  readonly script: string
  readonly style: string
}

/** Nothing but our own script, style and answers; nothing of the page is ever put into a frame, or sent anywhere else. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')
const HEADERS = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  vary: 'accept-encoding',
}
/** Names of assets hold a hash of what is in them. */
const FOREVER = 'public, max-age=31536000, immutable'

const compress = promisify(brotliCompress)

interface File {
  readonly type: string
  readonly text: string
  readonly cache: string
  readonly tag: string
  /** Compressed once, at the first request. */
  compressed?: Promise<Buffer>
}

/** The dashboard at `/`, its script and style under `/assets/`: open to everybody, as there is nothing in them but the program. */
export function servePage(app: Hono, { script, style }: PageFiles): void {
  const assets = { script: `assets/${hashOf(script)}.js`, style: `assets/${hashOf(style)}.css` }
  const files: Record<string, File> = {
    '/': file('text/html', html(assets), 'no-cache'),
    [`/${assets.script}`]: file('text/javascript', script, FOREVER),
    [`/${assets.style}`]: file('text/css', style, FOREVER),
  }
  for (const [path, file] of Object.entries(files)) {
    app.get(path, async context => {
      const headers = { ...HEADERS, 'cache-control': file.cache, etag: file.tag }
      if (context.req.header('if-none-match')?.includes(file.tag)) return context.body(null, 304, headers)
      const whole = { ...headers, 'content-type': `${file.type}; charset=utf-8` }
      if (!/\bbr\b/.test(context.req.header('accept-encoding') ?? '')) return context.body(file.text, 200, whole)
      file.compressed ??= compress(file.text, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } })
      return context.body(new Uint8Array(await file.compressed), 200, { ...whole, 'content-encoding': 'br' })
    })
  }
}

function file(type: string, text: string, cache: string): File {
  return { type, text, cache, tag: `"${hashOf(text)}"` }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}

const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24'%3E%3Cpath d='M12 2a10 10 0 1 0 10 10A8 8 0 0 1 12 2z' fill='%235b5bd6'/%3E%3Ccircle cx='17' cy='7' r='3' fill='%235b5bd6'/%3E%3C/svg%3E"

/** All addresses are relative, so that the page also works below a path, behind a proxy. */
function html({ script, style }: { readonly script: string; readonly style: string }): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Rota</title>
<link rel="icon" href="${ICON}">
<link rel="stylesheet" href="${style}">
<script type="module" src="${script}"></script>
</head>
<body>
<div id="app"></div>
<noscript>This page needs JavaScript. “kubectl get scheduledtasks -A” and “rota why NAME” need none.</noscript>
</body>
</html>
`
}
