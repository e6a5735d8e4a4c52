/**
 * Writes what the Helm chart has from elsewhere (the CRD, the rights, the policies and the alerts, as they are), and the
 * version into it, into deploy/kustomize and deploy/argocd.
 * With --check it writes nothing and fails when a committed file is another one.
 */
import { readFile } from 'node:fs/promises'
import { keepFile } from './keep-file.ts'

const CHART = 'deploy/helm/rota'
const COPIES = {
  'crd.yaml': 'crds/rota.dev_scheduledtasks.yaml',
  'controller.yaml': 'deploy/rbac/controller.yaml',
  'impersonation.yaml': 'deploy/rbac/impersonation.yaml',
  'classic-impersonation.yaml': 'deploy/rbac/classic/impersonation.yaml',
  'operations.yaml': 'deploy/rbac/operations.yaml',
  'policies.yaml': 'deploy/rbac/policies.yaml',
  'alerts.yaml': 'deploy/monitoring/alerts.yaml',
}

/** The version stands in them. */
const STAMPED = [
  `${CHART}/Chart.yaml`,
  'deploy/kustomize/base/kustomization.yaml',
  'deploy/kustomize/overlays/cluster/kustomization.yaml',
  'deploy/argocd/rota.yaml',
]

const read = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), 'utf8')

for (const [name, from] of Object.entries(COPIES)) {
  await keepFile(`${CHART}/files/${name}`, await read(from), { from, by: 'npm run chart' })
}
const { version } = JSON.parse(await read('package.json')) as { version: string }
for (const path of STAMPED) {
  const stamped = (await read(path))
    .replace(/^( *)(version|appVersion|newTag): .*$/gm, `$1$2: ${version}`)
    .replace(/^( *targetRevision): v.*$/gm, `$1: v${version}`)
    .replace(/(rota=[\w./-]+):[^\]]*/g, `$1:${version}`)
  await keepFile(path, stamped, { from: 'package.json', by: 'npm run chart' })
}
