import { fileURLToPath } from 'node:url'
import { bundleWorkflowCode, DefaultLogger, Runtime, type WorkflowBundleWithSourceMap } from '@temporalio/worker'

export const workflowsPath = fileURLToPath(new URL('../src/index.ts', import.meta.url))

/** The workflows as the worker loads them: our packages from their sources. */
export const bundle = (path = workflowsPath): Promise<WorkflowBundleWithSourceMap> => {
  quiet()
  return bundleWorkflowCode({
    workflowsPath: path,
    logger: new DefaultLogger('ERROR'),
    webpackConfigHook: (config) => ({ ...config, resolve: { ...config.resolve, conditionNames: ['source', '...'] } }),
  })
}

let installed = false
function quiet(): void {
  if (installed) return
  Runtime.install({ logger: new DefaultLogger('ERROR') })
  installed = true
}
