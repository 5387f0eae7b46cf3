FROM node:20-slim AS base
WORKDIR /app

# Everything, compiled: the tests are part of the TypeScript project, and left behind here.
FROM base AS build
COPY package.json package-lock.json .npmrc ./
COPY vendor vendor
RUN npm ci
COPY tsconfig.json ./
COPY src src
COPY test test
RUN npm run build && rm -rf dist/test

# What runs: no dev dependencies, of the font's nine weights the three that the agreement is set in, of the plate reader's runtime this system's.
FROM base AS libraries
COPY package.json package-lock.json .npmrc ./
COPY vendor vendor
RUN npm ci --omit=dev && npm cache clean --force \
  && find node_modules/@expo-google-fonts/noto-sans-sc -mindepth 1 -maxdepth 1 -type d \
     ! -name 400Regular ! -name 500Medium ! -name 700Bold -exec rm -rf {} + \
  && find node_modules/onnxruntime-node/bin -mindepth 3 -maxdepth 3 -type d \
     ! -path "*/linux/$(node -p process.arch)" -exec rm -rf {} +

FROM base
ENV NODE_ENV=production
COPY package.json LICENSE NOTICE ./
COPY vendor vendor
COPY --from=libraries /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY config config
COPY templates templates
USER node
EXPOSE 8080
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 8080}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# as `npm start`: what requests leave behind is collected less often
CMD ["node", "--min-semi-space-size=32", "--max-semi-space-size=64", "--enable-source-maps", "dist/src/main.js"]
