/**
 * Writes deploy/argocd/values.yaml, for the Helm chart of Argo CD, from argocd-cm.yaml, so that the two cannot differ.
 * With --check it writes nothing and fails when the committed file is another one.
 */
import { readFile } from 'node:fs/promises'
import { keepFile } from './keep-file.ts'

const FROM = 'deploy/argocd/argocd-cm.yaml'
const HEAD = `# Made from argocd-cm.yaml by "npm run argocd": do not edit.
#
# For the Helm chart of Argo CD: helm upgrade argocd argo/argo-cd -n argocd --reuse-values -f deploy/argocd/values.yaml
configs:
  cm:
`

const [, data = ''] = (await readFile(new URL(`../../${FROM}`, import.meta.url), 'utf8')).split(/^data:\n/m)
await keepFile('deploy/argocd/values.yaml', HEAD + data.replace(/^(?=.)/gm, '  '), { from: FROM, by: 'npm run argocd' })
