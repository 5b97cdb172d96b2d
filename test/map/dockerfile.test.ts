import { DockerfileParser } from 'dockerfile-ast'
import { describe, expect, it } from 'vitest'
import { composeFile } from './compose-file.ts'
import { readText } from './config-variables.ts'

const PATH = 'deploy/docker/service.Dockerfile'
const file = DockerfileParser.parse(readText(PATH))
const instructions = (keyword: string) => file.getInstructions().filter((each) => each.getKeyword() === keyword)
const argumentsOf = (keyword: string) => instructions(keyword).map((each) => each.getArgumentsContent() ?? '')

describe('service.Dockerfile', () => {
  it('is the only one, and compose builds every image from it', () => {
    const built = Object.values(composeFile().services).filter(({ build }) => build !== undefined)
    expect(built.length).toBeGreaterThan(0)
    for (const { build } of built) expect(build?.dockerfile).toBe(PATH)
  })

  it('builds on named versions and ends in an image without a shell', () => {
    const [build, last, ...more] = file.getFROMs()
    expect(more).toEqual([])
    expect(build?.getImage()).toMatch(/^node:\d+\.\d+\.\d+-/)
    // the distroless project gives no version tags: Node's and Debian's majors are in the name
    expect(last?.getImage()).toMatch(/^gcr\.io\/distroless\/nodejs24-debian13:nonroot$/)
  })

  it('runs the Node that everything else runs', () => {
    const [, version] = /^node:([\d.]+)-/.exec(file.getFROMs()[0]?.getImage() ?? '') ?? []
    const { optionalDependencies } = JSON.parse(readText('package.json')) as Record<string, Record<string, string>>
    expect(Object.values(optionalDependencies ?? {})).toEqual([version, version])
    expect(readText('.nvmrc').trim()).toBe(version)
    expect(readText('pnpm-workspace.yaml')).toContain(`nodeVersion: ${version}`)
  })

  it('takes the service and nothing else', () => {
    expect(new Set(argumentsOf('ARG'))).toEqual(new Set(['SERVICE']))
    expect(argumentsOf('ENV')).toEqual([])
  })

  it('does not run as root', () => {
    expect(argumentsOf('USER').at(-1)).toBe('nonroot')
    expect(instructions('USER').at(-1)?.getRange().start.line).toBeGreaterThan(
      instructions('COPY').at(-1)?.getRange().start.line ?? Number.POSITIVE_INFINITY,
    )
  })

  it('starts without a shell, and leaves health to compose', () => {
    for (const keyword of ['ENTRYPOINT', 'CMD'])
      for (const text of argumentsOf(keyword)) expect(text).toMatch(/^\[.*\]$/)
    expect(argumentsOf('HEALTHCHECK')).toEqual([])
  })

  it('installs by the pnpm that everything else is installed by', () => {
    const { packageManager } = JSON.parse(readText('package.json')) as { packageManager: string }
    const named = (path: string) => [...new Set(readText(path).match(/pnpm@\d+\.\d+\.\d+/g))]
    expect(named(PATH)).toEqual([packageManager])
    expect(named('tools/setup.mjs')).toEqual([packageManager])
  })

  it('leaves out what the machine made', () => {
    const ignored = readText('.dockerignore').split('\n')
    for (const path of ['**/node_modules', '**/dist', '.git', '.umbel']) expect(ignored).toContain(path)
  })
})
