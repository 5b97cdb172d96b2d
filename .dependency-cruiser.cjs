/** Who may import whom: one rule per row of the table in CONTRIBUTING.md, each proved by a planted breach in test/rules. */
const service = '^services/([^/]+)/'
const production = { pathNot: '\\.test\\.ts$|/test/' }

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'services-never-meet',
      comment: 'services talk by topic or rpc',
      severity: 'error',
      from: { path: service },
      to: { path: service, pathNot: '^services/$1/' },
    },
    {
      name: 'packages-know-no-service',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^services/' },
    },
    {
      name: 'domain-is-pure',
      comment: 'its own folder and the kernel, nothing else',
      severity: 'error',
      from: { path: '^services/([^/]+)/src/domain/', ...production },
      to: { pathNot: '^services/$1/src/domain/|^packages/kernel/src/' },
    },
    {
      name: 'commands-know-no-wire',
      severity: 'error',
      from: { path: '^services/[^/]+/src/(commands|queries)/', ...production },
      to: {
        path: '^services/[^/]+/src/(inbound|outbound|activities)/|^packages/(contracts|rpc)/|(^|node_modules/)(kafkajs|@grpc|@temporalio|express)(/|$)',
      },
    },
    {
      name: 'inbound-decides-nothing',
      severity: 'error',
      from: { path: '^services/[^/]+/src/(inbound|activities|routes)/', ...production },
      to: { path: '^services/[^/]+/src/(store|outbound)/|(^|node_modules/)(knex|pg)(/|$)' },
    },
    {
      name: 'only-store-speaks-sql',
      severity: 'error',
      from: {
        path: '^(packages|services|deploy)/',
        pathNot:
          '/store/|/(service|worker-service)\\.ts$|^packages/messaging/src/|^packages/test-kit/|^deploy/local/|/test/|\\.test\\.ts$',
      },
      to: { path: '(^|node_modules/)(knex|pg)(/|$)' },
    },
    {
      name: 'only-messaging-speaks-kafka',
      severity: 'error',
      from: { path: '^(packages|services|test)/', pathNot: '^packages/messaging/src/kafka/|^packages/test-kit/' },
      to: { path: '(^|node_modules/)kafkajs(/|$)' },
    },
    {
      name: 'only-rpc-speaks-grpc',
      severity: 'error',
      from: { path: '^(packages|services|test|deploy)/', pathNot: '^packages/rpc/' },
      to: { path: '(^|node_modules/)(@grpc|grpc-health-check)(/|$)' },
    },
    {
      name: 'only-operation-speaks-temporal',
      severity: 'error',
      from: {
        path: '^(packages|services|test)/',
        pathNot:
          '^services/operation/src/(worker-service|failure)\\.ts$|^services/operation/src/activities/|^services/operation/src/outbound/(workflow-starter|search-attributes)\\.ts$|^services/operation/test/|^packages/workflows/|^packages/test-kit/',
      },
      to: { path: '(^|node_modules/)@temporalio/' },
    },
    {
      name: 'starters-see-no-workflow-code',
      severity: 'error',
      from: {
        path: '^(packages|services|test|deploy)/',
        pathNot:
          '^services/operation/src/worker-service\\.ts$|^services/operation/src/activities/|^packages/workflows/',
      },
      to: { path: '^packages/workflows/', pathNot: '^packages/workflows/src/client\\.ts$' },
    },
    {
      name: 'workflows-are-deterministic',
      severity: 'error',
      from: { path: '^packages/workflows/src/', ...production },
      to: { pathNot: '^packages/(workflows|kernel)/src/|(^|node_modules/)@temporalio/(workflow|common)(/|$)' },
    },
    {
      name: 'cli-stays-outside',
      severity: 'error',
      from: { path: '^packages/cli/src/', ...production },
      to: { path: '^packages/', pathNot: '^packages/(cli|contracts|kernel|messaging)/' },
    },
    {
      name: 'verify-shares-no-importer',
      severity: 'error',
      from: { path: '^packages/cli/src/(commands/incident-log-verify\\.ts$|verify/)', ...production },
      to: {
        path: '^(packages|services|deploy|test)/',
        pathNot: '^packages/cli/src/(api\\.ts$|exit\\.ts$|output\\.ts$|verify/)',
      },
    },
    {
      name: 'test-kit-stays-in-tests',
      severity: 'error',
      from: { path: '/src/', pathNot: '\\.test\\.ts$|^packages/test-kit/' },
      to: { path: '^packages/test-kit/' },
    },
    {
      name: 'stories-enter-by-the-door',
      severity: 'error',
      from: { path: '^test/' },
      to: { path: '^services/', pathNot: '^services/[^/]+/src/(service|worker-service)\\.ts$' },
    },
    {
      name: 'local-starts-processes',
      severity: 'error',
      from: { path: '^deploy/local/' },
      to: { path: '^services/' },
    },
    {
      name: 'nobody-leans-on-local',
      severity: 'error',
      from: { path: '^(packages|services)/[^/]+/src/' },
      to: { path: '^deploy/local/' },
    },
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    { name: 'nothing-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    parser: 'tsc',
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '/dist/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'node', 'default', 'types'],
      extensions: ['.ts', '.mjs', '.js', '.json'],
    },
  },
}
