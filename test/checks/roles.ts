/**
 * Writes the ClusterRoles of deploy/rbac from the rights that the operations say they need, so that the two cannot differ.
 * With --check it writes nothing and fails when a committed file is not what they give.
 */
import { roleFiles } from './cluster-roles.ts'
import { keepFile } from './keep-file.ts'

for (const [path, wanted] of Object.entries(await roleFiles())) {
  await keepFile(path, wanted, { from: 'src/operations', by: 'npm run roles' })
}
