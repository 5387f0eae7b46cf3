# The version stands here once; CONTRIBUTING.md says how it is renewed and where its digest goes.
FROM node:24.22.3-slim AS base
WORKDIR /app

FROM base AS build
COPY package.json package-lock.json .npmrc ./
COPY vendor vendor
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY templates templates
COPY src src
RUN npm run build:service

# READER=false leaves out the plate reader, EMBEDDED=false the embedded database, which production does not use.
FROM base AS libraries
ARG READER=true
ARG EMBEDDED=true
COPY package.json package-lock.json .npmrc ./
COPY vendor vendor
COPY image image
RUN READER=$READER EMBEDDED=$EMBEDDED sh image/libraries.sh

FROM base
# the commit that it is built from: docker build --build-arg REVISION=$(git rev-parse HEAD) -t kuaichu:0.2.0 .
ARG REVISION=
LABEL org.opencontainers.image.title="Kuaichu" \
  org.opencontainers.image.description="The backend of a WeChat official account that settles a minor road accident at the roadside" \
  org.opencontainers.image.version="0.2.0" \
  org.opencontainers.image.revision="$REVISION" \
  org.opencontainers.image.base.name="docker.io/library/node:24.22.3-slim" \
  org.opencontainers.image.licenses="Apache-2.0"
ENV NODE_ENV=production
COPY package.json LICENSE NOTICE THIRD-PARTY-NOTICES ./
COPY vendor vendor
COPY --from=libraries /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY config config
COPY templates templates
COPY deploy/backup.sh deploy/backup.sh
# the folder of compiled code belongs to the user that starts the service: Node.js keeps it by user and by flags
RUN mkdir node_modules/.cache && chown 1000:1000 node_modules/.cache
# the base's user "node", as a number: a policy that forbids root cannot read names
USER 1000:1000
RUN node --min-semi-space-size=32 --max-semi-space-size=64 --enable-source-maps dist/src/warm-up.js
EXPOSE 8080
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 8080}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# as `npm start`: what requests leave behind is collected less often
CMD ["node", "--min-semi-space-size=32", "--max-semi-space-size=64", "--enable-source-maps", "dist/src/main.js"]
