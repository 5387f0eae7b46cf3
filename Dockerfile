# One version in one place; how it is renewed, and how it is pinned by digest, says CONTRIBUTING.md.
ARG NODE=24.22.3-slim
FROM node:${NODE} AS base
WORKDIR /app

FROM base AS build
COPY package.json package-lock.json .npmrc ./
COPY vendor vendor
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY src src
RUN npm run build:service

# READER=false: without the plate reader (64 MB). EMBEDDED=false: without the embedded database (7 MB), which production does not use.
FROM base AS libraries
ARG READER=true
ARG EMBEDDED=true
COPY package.json package-lock.json .npmrc ./
COPY vendor vendor
COPY image image
RUN READER=$READER EMBEDDED=$EMBEDDED sh image/libraries.sh

FROM base
LABEL org.opencontainers.image.title="Kuaichu" \
  org.opencontainers.image.description="The backend of a WeChat official account that settles a minor road accident at the roadside" \
  org.opencontainers.image.version="0.2.0" \
  org.opencontainers.image.licenses="Apache-2.0"
ENV NODE_ENV=production
COPY package.json LICENSE NOTICE THIRD-PARTY-NOTICES ./
COPY vendor vendor
COPY --from=libraries /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY config config
COPY templates templates
# the base's user "node", as a number: who forbids root by policy reads no names
USER 1000:1000
EXPOSE 8080
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 8080}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# as `npm start`: what requests leave behind is collected less often
CMD ["node", "--min-semi-space-size=32", "--max-semi-space-size=64", "--enable-source-maps", "dist/src/main.js"]
