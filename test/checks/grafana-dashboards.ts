import { boardJson } from '../../infra/grafana/board.ts'
import { boards } from '../../infra/grafana/boards.ts'
import { generatorMain } from './generated-file.ts'

// node test/checks/grafana-dashboards.ts [--check]
if (import.meta.main)
  for (const board of boards) generatorMain(`infra/grafana/dashboards/${board.uid}.json`, boardJson(board))
