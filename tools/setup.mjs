// Runs first for every root script, on the system's own Node: installs what the tree needs, then hands over to the
// pinned Node 24 through pnpm. Plain JavaScript because an old Node cannot strip types.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const PNPM = 'pnpm@12.21.0'
const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const [script, ...args] = process.argv.slice(2)

const major = Number(process.versions.node.split('.')[0])
if (major < 20) fail(`Umbel needs Node 20 or newer to set itself up, this is ${process.version}: install Node 24.`)

const pnpm = (words, stdio) =>
  spawnSync('npx', ['--yes', PNPM, ...words], {
    cwd: root,
    stdio,
    // npm says in INIT_CWD where the user is; npx sets it anew
    env: { ...process.env, UMBEL_CWD: process.env.INIT_CWD ?? process.cwd(), npm_config_loglevel: 'error' },
  })

// what was installed for this very lockfile need not be installed again
const mark = join(root, 'node_modules', '.umbel-installed')
const wanted = fingerprint(['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json'])
if (!existsSync(mark) || readFileSync(mark, 'utf8') !== wanted) {
  const install = pnpm(['install', '--frozen-lockfile', '--reporter=append-only'], ['ignore', 2, 2])
  if (install.status !== 0) fail('The packages could not be installed: the lines above say why.')
  writeFileSync(mark, wanted)
}

process.on('SIGINT', () => {}) // the child gets the same Ctrl-C and decides when it is done
process.on('SIGTERM', () => {})
const run = pnpm(['--silent', 'run', script, ...args], 'inherit')
process.exit(run.status ?? 1)

function fingerprint(files) {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}`)
  for (const file of files) hash.update(readFileSync(join(root, file)))
  return hash.digest('hex')
}

function fail(sentence) {
  process.stderr.write(`${sentence}\n`)
  process.exit(1)
}
