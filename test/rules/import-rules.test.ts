import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../..')
const require = createRequire(import.meta.url)

/** For each rule one file that breaks it: [file, what it imports]. */
const planted: Readonly<Record<string, readonly [string, string]>> = {
  'services-never-meet': ['services/sla/src/service.ts', '../../ticket/src/service.ts'],
  'packages-know-no-service': ['packages/rpc/src/index.ts', '../../../services/ticket/src/service.ts'],
  'domain-is-pure': ['services/sla/src/domain/clock.ts', 'node:fs'],
  'commands-know-no-wire': ['services/sla/src/commands/move-clocks.ts', '../outbound/events.ts'],
  'inbound-decides-nothing': ['services/sla/src/inbound/on-ticket-event.ts', '../store/clock-store.ts'],
  'only-store-speaks-sql': ['services/sla/src/queries/list-clocks.ts', 'knex'],
  'only-messaging-speaks-kafka': ['services/sla/src/telemetry.ts', 'kafkajs'],
  'only-rpc-speaks-grpc': ['services/sla/src/outbound/events.ts', '@grpc/grpc-js'],
  'only-operation-speaks-temporal': ['services/sla/src/outbound/timer.ts', '@temporalio/client'],
  'starters-see-no-workflow-code': ['services/sla/src/flow.ts', '../../../packages/workflows/src/index.ts'],
  'workflows-are-deterministic': ['packages/workflows/src/index.ts', 'node:os'],
  'cli-stays-outside': ['packages/cli/src/main.ts', '../../rpc/src/client.ts'],
  'verify-shares-no-importer': ['packages/cli/src/commands/incident-log-verify.ts', './incident-log-import.ts'],
  'test-kit-stays-in-tests': ['services/sla/src/main.ts', '../../../packages/test-kit/src/index.ts'],
  'stories-enter-by-the-door': ['test/flow/story.flow.test.ts', '../../services/ticket/src/commands/open-ticket.ts'],
  'local-starts-processes': ['deploy/local/src/stack.ts', '../../../services/ticket/src/main.ts'],
  'nobody-leans-on-local': ['services/sla/src/config.ts', '../../../deploy/local/src/main.ts'],
  'no-circular': ['services/sla/src/inbound/a.ts', './b.ts'],
  'nothing-unresolved': ['services/sla/src/inbound/lost.ts', './nowhere.ts'],
}

/** What the planted files reach; most of these are innocent. */
const innocent: Readonly<Record<string, string>> = {
  'services/ticket/src/service.ts': '',
  'services/ticket/src/main.ts': '',
  'services/ticket/src/commands/open-ticket.ts': '',
  'services/sla/src/outbound/neighbour.ts': '',
  'services/sla/src/store/clock-store.ts': '',
  'services/sla/src/inbound/b.ts': "import './a.ts'\n",
  'packages/rpc/src/client.ts': '',
  'packages/test-kit/src/index.ts': '',
  'packages/cli/src/commands/incident-log-import.ts': '',
  'deploy/local/src/main.ts': '',
}

interface Violation {
  readonly from: string
  readonly rule: { readonly name: string }
}

const plant = (folder: string, files: Readonly<Record<string, string>>): void => {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), text)
  }
}

const cruise = (folder: string): Violation[] => {
  const bin = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs')
  const config = join(root, '.dependency-cruiser.cjs')
  const args = [bin, '--config', config, '--output-type', 'json', 'packages', 'services', 'deploy', 'test']
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' })
  if (stdout === '') throw new Error(stderr)
  return JSON.parse(stdout).summary.violations
}

describe('import rules', () => {
  const folder = mkdtempSync(join(tmpdir(), 'umbel-rules-'))
  let violations: Violation[] = []

  beforeAll(() => {
    const files = { ...innocent }
    for (const [file, target] of Object.values(planted)) files[file] = `import '${target}'\n`
    plant(folder, files)
    violations = cruise(folder)
  }, 30_000)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it.each(Object.entries(planted))('%s catches the breach planted for it', (rule, [file]) => {
    expect(violations.filter((found) => found.rule.name === rule).map((found) => found.from)).toContain(file)
  })

  it('plants a breach for every rule', () => {
    const { forbidden } = require(join(root, '.dependency-cruiser.cjs')) as { forbidden: { name: string }[] }
    expect(Object.keys(planted).sort()).toEqual(forbidden.map((rule) => rule.name).sort())
  })
})

/** Calls that walk into the domain unannounced, each in a file of its own. */
const globals = ['new Date()', 'Date.now()', 'Math.random()', 'fetch("x")', 'setTimeout(() => 1, 1)', 'process.pid']
const globalFiles: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    globals.map((call, at) => [`services/sla/src/domain/planted-${at}.ts`, `export const planted = () => ${call}\n`]),
  ),
  'services/sla/src/domain/fine.ts': 'export const fine = (at: Date) => at.getTime()\n',
  'services/sla/src/flow.ts': 'export const planted = process.env.HOME\n',
  'services/sla/src/config.ts': 'export const fine = process.env.HOME\n',
}

/** The rules broken in each file, as biome names them. */
const lint = (folder: string): ReadonlyMap<string, string> => {
  const biome = join(root, 'node_modules/@biomejs/biome/bin/biome')
  const args = [biome, 'lint', '--vcs-enabled=false', '--reporter=github', '--max-diagnostics=none', '.']
  const { stdout } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' })
  const found = new Map<string, string>()
  for (const line of stdout.split('\n')) {
    const [, rule = '', file = ''] = /title=([^,]+),file=([^,]+)/.exec(line) ?? []
    if (file !== '') found.set(relative(folder, file), rule)
  }
  return found
}

describe('rules about globals', () => {
  const folder = mkdtempSync(join(tmpdir(), 'umbel-globals-'))
  let broken: ReadonlyMap<string, string> = new Map()

  beforeAll(() => {
    cpSync(join(root, 'biome.json'), join(folder, 'biome.json'))
    cpSync(join(root, 'tools/biome'), join(folder, 'tools/biome'), { recursive: true })
    plant(folder, globalFiles)
    broken = lint(folder)
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it.each(globals.map((call, at) => [call, at] as const))('domain-is-told-the-time catches %s', (_call, at) => {
    expect(broken.get(`services/sla/src/domain/planted-${at}.ts`)).toMatch(/plugin|noRestrictedGlobals/)
  })

  it('leaves an instant that was handed in alone', () => {
    expect(broken.get('services/sla/src/domain/fine.ts') ?? '').toBe('')
  })

  it('only-config-reads-env catches a reader elsewhere and spares config.ts', () => {
    expect(broken.get('services/sla/src/flow.ts')).toMatch(/noProcessEnv/)
    expect(broken.get('services/sla/src/config.ts') ?? '').toBe('')
  })
})
