import { ruleFile } from '../../infra/prometheus/rules.ts'
import { generatorMain } from './generated-file.ts'

// node test/checks/prometheus-rules.ts [--check]
if (import.meta.main) generatorMain('infra/prometheus/saga-rules.yml', ruleFile())
