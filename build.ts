/**
 * Makes dist/rota.js (or in the folder that is named): operator, commands and, as text within it, the dashboard's script and style. packages.json beside it says
 * which packages are in it.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { type BuildOptions, build, type Plugin } from 'esbuild'

const shared = { bundle: true, format: 'esm', logLevel: 'warning', metafile: true } as const satisfies BuildOptions
const folder = process.argv[2] ?? 'dist'
const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }

const { outputFiles, metafile: ofDashboard } = await build({
  ...shared,
  entryPoints: ['src/dashboard/main.tsx', 'src/dashboard/styles/main.css'],
  outdir: 'dist/dashboard',
  entryNames: '[name]',
  minify: true,
  legalComments: 'none',
  // Browsers of 2024, as the style's light-dark() needs them.
  target: ['chrome123', 'firefox120', 'safari17.5'],
  write: false,
})
const made = (ending: string) => {
  const file = outputFiles.find(({ path }) => path.endsWith(ending))
  if (file === undefined) throw new Error(`the dashboard's build made no ${ending}`)
  return file.text
}

/**
 * What of large libraries is used, in place of their indexes, by how an import names them: with all of undici a process at
 * rest takes 30 MB more, with the API clients and models of the client library 8 MB.
 */
const PARTS = new Map([
  [
    'undici',
    `import Dispatcher from 'undici/lib/dispatcher/dispatcher.js'
     import request from 'undici/lib/api/api-request.js'
     Dispatcher.prototype.request = request
     export { default as Agent } from 'undici/lib/dispatcher/agent.js'
     export { default as ProxyAgent } from 'undici/lib/dispatcher/proxy-agent.js'`,
  ],
  ['@kubernetes/client-node', `export { KubeConfig } from '@kubernetes/client-node/dist/config.js'`],
  // Of its clients, which a KubeConfig could make, none.
  ['./gen/index.js', 'export const createConfiguration = undefined, ServerConfiguration = undefined'],
])
const onlyParts: Plugin = {
  name: 'only-parts',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(undici|@kubernetes\/client-node|\.\/gen\/index\.js)$/ }, ({ path }) => ({
      path,
      namespace: 'parts',
    }))
    onLoad({ filter: /./, namespace: 'parts' }, ({ path }) => ({ contents: PARTS.get(path) ?? '', resolveDir: '.' }))
  },
}

const { metafile } = await build({
  ...shared,
  plugins: [onlyParts],
  // The text of what runs stays in memory. Names are kept: they are what a stack trace says.
  minifySyntax: true,
  minifyWhitespace: true,
  entryPoints: ['src/main.ts'],
  outfile: `${folder}/rota.js`,
  platform: 'node',
  target: 'node24',
  sourcemap: 'linked',
  banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
  define: {
    DASHBOARD: JSON.stringify({ script: made('.js'), style: made('.css') }),
    ROTA_VERSION: JSON.stringify(version),
  },
})

const files = [metafile, ofDashboard].flatMap(({ inputs }) => Object.keys(inputs))
const packages = files.flatMap(file => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? [])
writeFileSync(`${folder}/packages.json`, `${JSON.stringify([...new Set(packages)].sort(), null, 2)}\n`)
