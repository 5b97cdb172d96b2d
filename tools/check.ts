/**
 * The one command that says it is good: every step runs, says how much it looked at, and a step that looked at less than
 * the tree holds fails. Exit code 1 when any step failed.
 */
import { spawnSync } from 'node:child_process'

interface Step {
  readonly name: string
  readonly command: readonly string[]
  /** How many files the step says it looked at; `undefined` where the tool cannot say. */
  readonly looked?: (output: string) => number
  /** The files of the tree that it must have looked at, at least. */
  readonly expected?: number
}

const run = (command: readonly string[]) => {
  const [program = '', ...args] = command
  return spawnSync(program, args, { encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 })
}
const tracked = (...patterns: string[]): string[] =>
  run(['git', 'ls-files', '--cached', '--others', '--exclude-standard', '--', ...patterns])
    .stdout.split('\n')
    .filter((file) => file !== '' && !file.includes('/gen/'))

const number = (pattern: RegExp) => (output: string) => Number(pattern.exec(output)?.[1]?.replaceAll(',', '') ?? 0)
const sources = tracked('*.ts')
const inCruise = sources.filter((file) => /^(packages|services|deploy|test)\//.test(file))

const steps: readonly Step[] = [
  {
    name: 'format and lint (biome)',
    command: ['biome', 'check', '.'],
    looked: number(/Checked (\d+) files/),
    expected: sources.length,
  },
  {
    name: 'types (tsc)',
    command: ['tsc', '-p', 'tsconfig.json', '--listFiles'],
    looked: (output) =>
      output.split('\n').filter((line) => line.endsWith('.ts') && !/node_modules|\/gen\//.test(line)).length,
    expected: sources.length,
  },
  {
    name: 'type-aware lint (oxlint)',
    command: ['oxlint', '--deny-warnings', '.'],
    looked: number(/on (\d+) files/),
    expected: sources.length,
  },
  {
    name: 'import rules (dependency-cruiser)',
    command: [
      'depcruise',
      '--config',
      '.dependency-cruiser.cjs',
      '--output-type',
      'err',
      'packages',
      'services',
      'deploy',
      'test',
    ],
    looked: number(/(\d+) modules/),
    expected: inCruise.length,
  },
  { name: 'dead code (knip)', command: ['knip', '--no-progress'] },
  { name: 'contracts (buf lint)', command: ['buf', 'lint', 'proto'] },
  {
    name: 'contracts stay compatible (buf breaking)',
    command: ['buf', 'breaking', 'proto', '--against', '.git#ref=HEAD,subdir=proto'],
  },
  {
    name: 'generated code (buf generate, compared)',
    command: ['node', '--conditions=source', 'tools/codegen-diff.ts'],
  },
  {
    name: 'unit and replay tests (vitest)',
    command: ['vitest', 'run', '--project', 'unit'],
    looked: number(/Test Files[^\n]*?(\d+) passed/),
    expected: tracked('*.test.ts').filter((file) => !/\.(int|flow)\.test\.ts$/.test(file)).length,
  },
]

const plain = (text: string) => text.replaceAll(new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g'), '')

let failed = 0
for (const { name, command, looked, expected } of steps) {
  const began = Date.now()
  const { status, stdout, stderr } = run(command)
  const output = plain(`${stdout}\n${stderr}`)
  const seen = looked?.(output)
  const blind = seen !== undefined && expected !== undefined && seen < expected
  const good = status === 0 && !blind
  const measure = seen === undefined ? '' : `, looked at ${seen} of ${expected}`
  process.stdout.write(`${good ? 'ok  ' : 'FAIL'} ${name}${measure}, ${((Date.now() - began) / 1000).toFixed(1)} s\n`)
  if (good) continue
  failed += 1
  const lines = output.split('\n').filter((line) => !/^\/.*\.ts$/.test(line))
  process.stdout.write(`${lines.slice(-60).join('\n')}\n`)
}
process.exit(failed === 0 ? 0 : 1)
