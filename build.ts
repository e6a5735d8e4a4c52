/**
 * Makes dist/rota.js (or in the folder that is named): operator, commands and, as text within it, the dashboard's script and style. packages.json beside it says
 * which packages are in it.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { type BuildOptions, build } from 'esbuild'

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

const { metafile } = await build({
  ...shared,
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
