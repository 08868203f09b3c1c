# The image of one service:        docker build --build-arg SERVICE=order -t shop-order .
# The console's, with its pages:    docker build --build-arg SERVICE=console --target console -t shop-console .
# What prepares its surroundings:  docker build --target setup -t shop-setup .
#
# A registry of your own, or its certificate, is the builder's business and stays out of the image:
#   --secret id=npmrc,src=$HOME/.npmrc --secret id=certificates,src=/etc/ssl/certs/ca-certificates.crt

FROM node:24-bookworm-slim AS manifests
COPY . /sources
# What npm reads of a checkout: a layer that changes only with the dependencies, whatever becomes of the sources.
RUN mkdir /manifests && cd /sources && \
    find . \( -name package.json -o -name package-lock.json -o -name .npmrc \) -exec cp --parents -t /manifests {} +

FROM node:24-bookworm-slim AS dependencies
# npm takes a workspace's dependencies by its folder; the kit alone is enough for the setup.
ARG SERVICE
ARG WORKSPACE=${SERVICE:+services/$SERVICE}
WORKDIR /app
COPY --from=manifests /manifests ./
RUN --mount=type=cache,target=/root/.npm \
    --mount=type=secret,id=npmrc,target=/root/.npmrc \
    --mount=type=secret,id=certificates,target=/run/certificates.pem \
    NODE_EXTRA_CA_CERTS=/run/certificates.pem npm ci --omit=dev --workspace="${WORKSPACE:-shared}"
COPY infra/docker/sbom.ts /tmp/
RUN node --disable-warning=ExperimentalWarning /tmp/sbom.ts "${WORKSPACE:-shared}" > sbom.cdx.json

# Sources run as they are. Node strips no types below node_modules, and there are none: the workspaces are links that
# lead out of it.
FROM node:24-bookworm-slim AS sources
WORKDIR /app
ENV NODE_ENV=production
COPY shared shared
COPY schemas/package.json schemas/
COPY schemas/src schemas/src
COPY --from=dependencies /app/node_modules node_modules
COPY --from=dependencies /app/sbom.cdx.json ./
USER node

FROM sources AS setup
# A new volume takes the owner of the folder that it is mounted on.
USER root
RUN mkdir /run/access && cd /run/access && \
    install --directory --owner=node postgres registry grafana order inventory balance notification console saga /state
USER node
COPY infra/package.json infra/
COPY infra/local/databases.ts infra/local/registry-rule.ts infra/local/
COPY infra/shop/topics.ts infra/shop/
COPY infra/docker/setup infra/docker/setup
WORKDIR /app/infra/docker/setup
ENTRYPOINT ["node", "--disable-warning=ExperimentalWarning"]

FROM sources AS service
ARG SERVICE
WORKDIR /app/services/$SERVICE
COPY services/$SERVICE/package.json ./
COPY services/$SERVICE/migrations migrations
COPY services/$SERVICE/src src
ENV PORT=3000
EXPOSE 3000
HEALTHCHECK --interval=5s --timeout=10s --start-period=180s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/readyz`).then(({ ok }) => process.exit(ok ? 0 : 1))"]
# Node itself is process 1, with no shell or npm in between: SIGTERM reaches it.
CMD ["node", "--disable-warning=ExperimentalWarning", "src/main.ts"]

# What builds the pages stays here: the image has the files that Vite has made of them.
FROM node:24-bookworm-slim AS pages
WORKDIR /app
COPY --from=manifests /manifests ./
RUN --mount=type=cache,target=/root/.npm \
    --mount=type=secret,id=npmrc,target=/root/.npmrc \
    --mount=type=secret,id=certificates,target=/run/certificates.pem \
    NODE_EXTRA_CA_CERTS=/run/certificates.pem npm ci --workspace=services/console
COPY shared shared
COPY tsconfig.json ./
COPY services/console services/console
COPY infra/docker/sbom.ts /tmp/
RUN npm run build --workspace=services/console && \
    node --disable-warning=ExperimentalWarning /tmp/sbom.ts services/console services/console/dist/.vite/licenses.json > sbom.cdx.json

FROM service AS console
# A new volume takes the owner of the folder that it is mounted on.
USER root
RUN install --directory --owner=node /state
USER node
COPY --from=pages /app/services/console/dist dist
COPY --from=pages /app/sbom.cdx.json /app/
