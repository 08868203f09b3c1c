#!/bin/bash
# `npm run test:containers`: the images are built, the shop of docker-compose.yml comes up, the demo's orders end as they
# should, each service ends in order on SIGTERM; then the tests' stack in containers. On ports of its own.
set -euo pipefail
cd "$(dirname "$0")/../.."

export COMPOSE_PROJECT_NAME=shop-test COMPOSE_PROFILES=console
export STACK_KAFKA_PORT=29092 STACK_REGISTRY_PORT=28081 PROMETHEUS_PORT=29090
export CONSOLE_PORT=23000 ORDER_PORT=23001 INVENTORY_PORT=23002 BALANCE_PORT=23003 NOTIFICATION_PORT=23004
services=(order inventory balance notification console)

trap 'docker compose down --volumes --timeout 30' EXIT
docker compose up --build --quiet-build --wait "${services[@]}" prometheus
npm run demo:containers
docker compose run --rm saga audit --at-rest
docker compose stop "${services[@]}"
for service in "${services[@]}"; do
  code=$(docker inspect --format '{{.State.ExitCode}}' "$(docker compose ps --all --quiet "$service")")
  [ "$code" = 0 ] || { echo "$service ended with $code on SIGTERM" >&2; exit 1; }
done

STACK=containers npx vitest run infra/containers
